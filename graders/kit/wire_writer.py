"""Turns a value of any kind into the tree and the buffers of `wire.py`, or says what is wrong with it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .wire_rules import DTYPES, MAX_DIMENSIONS, MAX_INT_BITS, Limits, Problem, checked_text


class Writer:
    """Walks a value of any kind. Trusts nothing about classes that are not exactly the built-in ones."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.buffers: list[memoryview] = []
        self.size = 0
        self.nodes = 0

    def value(self, value: Any, depth: int) -> Any:
        kind = type(value)
        self.count(1)
        if value is None or kind is bool:
            return value
        if kind is float:
            return value if math.isfinite(value) else {"f": repr(value)}
        if kind is np.ndarray:
            return {"a": self.array(value)}
        if isinstance(value, np.generic) and not isinstance(value, np.str_ | np.bytes_):
            return {"n": self.scalar(value)}
        if isinstance(value, int):
            return self.integer(value)
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | tuple | dict):
            if depth == 0:
                raise Problem("depth")
            return self.container(value, depth - 1)
        if isinstance(value, float):
            return self.value(float.__float__(value), depth)
        if isinstance(value, complex):
            return {"c": [self.value(value.real, depth), self.value(value.imag, depth)]}
        if isinstance(value, bytes | bytearray):
            return {"y": self.buffer(memoryview(bytes(value)))}
        raise Problem(_problem(value), _described(value))

    def count(self, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > self.limits.nodes:
            raise Problem("nodes", f"more than {self.limits.nodes:,} values")

    def container(self, value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            return {"d": [self.pair(key, item, depth) for key, item in dict.items(value)]}
        items = list(list.__iter__(value) if isinstance(value, list) else tuple.__iter__(value))
        return self.items(items, depth) if isinstance(value, list) else {"t": self.items(items, depth)}

    def items(self, items: list[Any], depth: int) -> list[Any]:
        # Long lists of floats are common (a loss per step); one pass in C spares a Python call for each.
        if len(items) > 8 and set(map(type, items)) == {float} and all(map(math.isfinite, items)):
            self.count(len(items))
            return items
        result = []
        for index, item in enumerate(items):
            try:
                result.append(self.value(item, depth))
            except Problem as problem:
                raise problem.under(index) from None
        return result

    def pair(self, key: Any, item: Any, depth: int) -> list[Any]:
        name: int | str
        if isinstance(key, str):
            name = self.text(key)
        elif isinstance(key, int | np.integer) and not isinstance(key, bool):
            name = self.integer(int(key))
        else:
            raise Problem("key", f"a key of {_described(key)}")
        try:
            return [name, self.value(item, depth)]
        except Problem as problem:
            raise problem.under(name) from None

    def integer(self, value: int) -> int:
        plain = int.__int__(value)
        if plain.bit_length() > MAX_INT_BITS:
            raise Problem("int", f"{plain.bit_length()} bits")
        return plain

    def text(self, value: str) -> str:
        plain = str.__str__(value) if type(value) is not str else value
        return checked_text(plain, self.limits)

    def array(self, value: np.ndarray[Any, Any]) -> list[Any]:
        if value.dtype.name not in DTYPES or value.dtype.kind in "OSUV":
            raise Problem(_array_problem(value), f"dtype {value.dtype}, shape {value.shape}"[:200])
        if value.ndim > MAX_DIMENSIONS:
            raise Problem("dtype", f"{value.ndim} dimensions; at most {MAX_DIMENSIONS} may cross")
        self.fits(value.nbytes)
        plain = np.ascontiguousarray(value, dtype=DTYPES[value.dtype.name])
        return [value.dtype.name, list(value.shape), self.buffer(plain.reshape(-1).view(np.uint8).data)]

    def scalar(self, value: np.generic) -> list[Any]:
        if value.dtype.name not in DTYPES:
            raise Problem("dtype", f"a NumPy scalar of dtype {value.dtype}"[:200])
        return [value.dtype.name, np.asarray(value, dtype=DTYPES[value.dtype.name]).tobytes().hex()]

    def buffer(self, data: memoryview) -> int:
        self.fits(data.nbytes)
        self.size += data.nbytes
        self.buffers.append(data)
        return len(self.buffers) - 1

    def fits(self, more: int) -> None:
        if self.size + more > self.limits.size:
            raise Problem("size", f"more than {self.limits.size / 2**20:.0f} MiB")


def _array_problem(value: np.ndarray[Any, Any]) -> str:
    return {"O": "object_array", "U": "text_array", "S": "text_array"}.get(value.dtype.kind, "dtype")


def _described(value: Any) -> str:
    """The class of a value, and the shape of a thing that has one, without running code of the value."""
    kind = type(value)
    try:
        return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")[:200]
    except Exception:
        return "a class without a name"


# Libraries whose objects have a remedy of their own, by the first part of the class's module.
_BY_LIBRARY = {"torch": "tensor", "tensorflow": "tf_tensor", "keras": "tf_tensor", "pandas": "pandas"}


def _problem(value: Any) -> str:
    """The code of what is wrong with a value that is of no accepted type."""
    if isinstance(value, np.ndarray):
        return "array_class"
    if isinstance(value, set | frozenset):
        return "set"
    kind = type(value)
    module = kind.__module__ if isinstance(kind.__module__, str) else ""
    library = module.partition(".")[0]
    if library in _BY_LIBRARY:
        return _BY_LIBRARY[library]
    if module.startswith("scipy.sparse"):
        return "sparse"
    if issubclass(kind, type) or kind.__name__ in {"function", "method", "builtin_function_or_method"}:
        return "function"
    if any("__next__" in base.__dict__ for base in kind.__mro__) or kind in {range, type({}.keys()), type({}.values())}:
        return "generator"
    return "object"
