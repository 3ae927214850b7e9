"""Rows of a data set for a task, and the `Split` that a record keeps of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from benchmarks.engine.record import Split
from seeds.datasets import Dataset

LENGTH = 16
"""Hex digits of the hash of test items."""


def items_hash(ids: Iterable[str]) -> str:
    """Hash which items were tested, and in which order."""
    sha = hashlib.sha256()
    for one in ids:
        sha.update(f"{one}\n".encode())
    return sha.hexdigest()[:LENGTH]


def describe(name: str, train: Dataset, test: Dataset, validation: Dataset | None = None) -> Split:
    """Say how many recordings are in each part, and which are tested."""
    return Split(name, len(train), 0 if validation is None else len(validation), len(test), items_hash(test.ids.tolist()))
