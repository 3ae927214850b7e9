"""Which copy of a data set is in use: the embedded one, or a real one that the user pointed at for this run.

The choice is an environment variable, so that worker processes inherit it.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from seeds.datasets import Dataset, get


def use(name: str, path: Path) -> None:
    """Use the real copy at `path` from now on, in this process and in those that it starts.

    Raises:
        DataError: there is no such data set.
    """
    os.environ[_variable(get(name).name)] = str(path)


def active(name: str) -> Dataset:
    """Give the data set that is in use: the real copy where one was chosen, else the embedded one.

    Raises:
        DataError: there is no such data set, or the copy has faults; every fault is named.
    """
    return _load(name, os.environ.get(_variable(name), ""))


@cache
def _load(name: str, path: str) -> Dataset:
    spec = get(name)
    return spec.load(Path(path)) if path else spec.make()


def _variable(name: str) -> str:
    return f"SANJEH_DATA_{name.upper()}"
