"""One module per data set: the real loader and the embedded generator side by side.

A data set is a module in this folder with a `SPEC`; nothing lists them, so adding one is adding its file.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from seeds.datasets.base import PARTS, Dataset, Part, Spec, check_disjoint, limit, split_by_group
from seeds.errors import DataError

__all__ = ["PARTS", "DataError", "Dataset", "Part", "Spec", "check_disjoint", "discover", "get", "limit", "split_by_group"]


def discover() -> dict[str, Spec]:
    """Find every data set: its name and what it offers."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    specs = (getattr(module, "SPEC", None) for module in modules)
    return {spec.name: spec for spec in specs if isinstance(spec, Spec)}


def get(name: str) -> Spec:
    """Give the data set of that name.

    Raises:
        DataError: there is none.
    """
    known = discover()
    if name not in known:
        raise DataError(f"got {name!r} as the name of a data set, wanted one of: {', '.join(sorted(known))}")
    return known[name]
