"""Turns a tree and buffers that nobody vouches for back into a value, or rejects them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from .wire_rules import DTYPES, MAX_DIMENSIONS, MAX_INT_BITS, MAX_INT_DIGITS, NATIVE, Limits, Problem, Raw, checked_text


def refuse(constant: str) -> NoReturn:
    """For JSON constants that are no JSON: NaN and the infinities have a tag of their own."""
    raise Problem("malformed", f"the JSON constant {constant}")


def integer(digits: str) -> int:
    """An int from its digits, if they are not far too many."""
    if len(digits) > MAX_INT_DIGITS:
        raise Problem("int")
    return int(digits)


class Reader:
    """Walks a parsed header that nobody vouches for."""

    def __init__(self, buffers: Sequence[Raw], limits: Limits) -> None:
        self.buffers = buffers
        self.limits = limits
        self.used: set[int] = set()
        self.nodes = 0
        self.tags: dict[str, Callable[[Any, int], Any]] = {
            "f": self.special, "c": self.complex, "t": self.tuple, "d": self.dict,
            "y": self.bytes, "a": self.array, "n": self.scalar,
        }  # fmt: skip

    def value(self, tree: Any, depth: int) -> Any:
        self.count(1)
        kind = type(tree)
        if tree is None or kind is bool or kind is float:
            return tree
        if kind is int:
            if tree.bit_length() > MAX_INT_BITS:
                raise Problem("int")
            return tree
        if kind is str:
            return checked_text(tree, self.limits)
        if kind is list:
            return self.items(tree, depth)
        if len(tree) != 1:
            raise Problem("malformed", "an object without exactly one tag")
        ((tag, content),) = tree.items()
        if tag not in self.tags:
            raise Problem("malformed", "an unknown tag")
        return self.tags[tag](content, depth)

    def count(self, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > self.limits.nodes:
            raise Problem("nodes")

    def items(self, content: Any, depth: int) -> list[Any]:
        if type(content) is not list:
            raise Problem("malformed", "items that are no list")
        if depth == 0:
            raise Problem("depth")
        if len(content) > 8 and set(map(type, content)) == {float}:
            self.count(len(content))
            return content
        result = []
        for index, item in enumerate(content):
            try:
                result.append(self.value(item, depth - 1))
            except Problem as problem:
                raise problem.under(index) from None
        return result

    def tuple(self, content: Any, depth: int) -> tuple[Any, ...]:
        return tuple(self.items(content, depth))

    def special(self, content: Any, depth: int) -> float:
        if content not in ("nan", "inf", "-inf"):
            raise Problem("malformed", "an unknown float")
        return float(content)

    def complex(self, content: Any, depth: int) -> complex:
        if type(content) is not list or len(content) != 2:
            raise Problem("malformed", "a complex number without two parts")
        parts = [self.value(part, 0) for part in content]
        if any(type(part) is not float for part in parts):
            raise Problem("malformed", "a complex number whose parts are no floats")
        return complex(*parts)

    def dict(self, content: Any, depth: int) -> dict[str | int, Any]:
        if type(content) is not list or depth == 0:
            raise Problem("malformed" if depth else "depth")
        result: dict[str | int, Any] = {}
        for pair in content:
            if type(pair) is not list or len(pair) != 2 or type(pair[0]) not in (str, int):
                raise Problem("malformed", "a dictionary item without a key")
            key = self.value(pair[0], 0)
            if key in result:
                raise Problem("malformed", "a dictionary key twice")
            try:
                result[key] = self.value(pair[1], depth - 1)
            except Problem as problem:
                raise problem.under(key) from None
        return result

    def buffer(self, index: Any) -> Raw:
        if type(index) is not int or not 0 <= index < len(self.buffers) or index in self.used:
            raise Problem("malformed", "a buffer that is missing or used twice")
        self.used.add(index)
        return self.buffers[index]

    def bytes(self, content: Any, depth: int) -> bytes:
        return bytes(self.buffer(content))

    def array(self, content: Any, depth: int) -> np.ndarray[Any, Any]:
        if type(content) is not list or len(content) != 3 or type(content[0]) is not str or content[0] not in DTYPES:
            raise Problem("malformed", "an array without dtype, shape and buffer")
        name, shape, index = content
        if type(shape) is not list or len(shape) > MAX_DIMENSIONS:
            raise Problem("malformed", "a shape that is no short list")
        if any(type(size) is not int or not 0 <= size <= self.limits.size for size in shape):
            raise Problem("malformed", "a shape of impossible sizes")
        # Sizes beside a zero count too: NumPy multiplies them, and an empty array of absurd shape is of no use.
        if math.prod(size for size in shape if size) > self.limits.size:
            raise Problem("malformed", "a shape of impossible sizes")
        data = self.buffer(index)
        if math.prod(shape) * DTYPES[name].itemsize != len(data):
            raise Problem("malformed", "an array whose shape does not fit its data")
        return _from_bytes(name, data).reshape(shape)

    def scalar(self, content: Any, depth: int) -> np.generic:
        if type(content) is not list or len(content) != 2 or type(content[0]) is not str or content[0] not in DTYPES:
            raise Problem("malformed", "a scalar without dtype and value")
        name, digits = content
        if type(digits) is not str or len(digits) != 2 * DTYPES[name].itemsize:
            raise Problem("malformed", "a scalar of the wrong size")
        scalar: np.generic = _from_bytes(name, bytes.fromhex(digits))[0]
        return scalar


def _from_bytes(name: str, data: Raw) -> np.ndarray[Any, Any]:
    """A flat, aligned, writable array of a whitelisted dtype."""
    if name == "bool" and len(data) and np.frombuffer(data, np.uint8).max() > 1:
        raise Problem("malformed", "a boolean that is neither 0 nor 1")
    return np.frombuffer(data, DTYPES[name]).astype(NATIVE[name])
