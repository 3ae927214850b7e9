"""What may cross the wire, how much of it, and the words for what may not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import AnswerRejected

_NAMES: tuple[str, ...] = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
_NAMES += ("float16", "float32", "float64", "complex64", "complex128")
DTYPES: dict[str, np.dtype[Any]] = {name: np.dtype(name).newbyteorder("<") for name in _NAMES}
NATIVE: dict[str, np.dtype[Any]] = {name: np.dtype(name) for name in _NAMES}

MAX_DIMENSIONS = 16
MAX_INT_BITS = 1024
# A longer run of digits would be above MAX_INT_BITS; Python's own int parser is quadratic, so the length is checked first.
MAX_INT_DIGITS = 310

Raw = bytes | bytearray | memoryview


@dataclass(frozen=True)
class Limits:
    """How much one value may hold: bytes in all, values in all, levels of nesting, characters in one string."""

    size: int = 64 * 2**20
    nodes: int = 1_000_000
    depth: int = 64
    text: int = 2**20


DEFAULT = Limits()
# For values of our own on their way in: larger, since nobody hostile made them.
TRUSTED = Limits(size=2**30, nodes=10_000_000, text=2**26)

# What is wrong with a value, by code. Only a code crosses the boundary; the words are always ours.
PROBLEMS: dict[str, str] = {
    "tensor": "a PyTorch tensor; return a NumPy array, e.g. x.detach().cpu().numpy()",
    "tf_tensor": "a TensorFlow tensor; return a NumPy array, e.g. x.numpy()",
    "pandas": "a pandas object; return a NumPy array, e.g. x.to_numpy()",
    "sparse": "a sparse matrix; return a dense NumPy array, e.g. x.toarray()",
    "object_array": "an array of dtype object (often rows of different length); make the rows equal, or return a list of arrays",
    "text_array": "an array of text; return a list of str",
    "dtype": "an array of a dtype that is not accepted; convert it, e.g. with x.astype(np.float64)",
    "array_class": "a special kind of array (masked, matrix, ...); return a plain one, e.g. np.asarray(x)",
    "generator": "a generator or iterator, which holds no values yet; return list(...) of it",
    "set": "a set, which has no order; return sorted(...) of it",
    "function": "a function or class; perhaps the parentheses of a call are missing",
    "key": "a dictionary key that is neither str nor int; use str or int keys",
    "object": "an object of a class that is not accepted; return numbers, strings, lists, dicts or NumPy arrays",
    "int": f"an integer of more than {MAX_INT_BITS} bits; it should be a far smaller number",
    "surrogate": "a string that is not valid Unicode text",
    "text": "a string that is too long",
    "depth": "nested too deeply, or it contains itself",
    "nodes": "made of too many separate values; return NumPy arrays in place of long lists",
    "size": "too large",
    "broken": "an object that raised an exception while it was read",
    "malformed": "not an answer at all: what came over the wire is malformed",
}
PLAIN = "None, bool, int, float, complex, str, bytes, list, tuple, dict, and NumPy arrays and numbers"


class NotPlain(AnswerRejected):
    """A value that may not cross. `code` is a key of `PROBLEMS`, `where` the keys and indices that lead to it."""

    def __init__(self, code: str, where: Sequence[str | int] = (), *, detail: str = "", name: str = "result") -> None:
        self.code = code
        self.where = tuple(where)
        self.got = detail
        super().__init__(f"{place(self.where, name)} is {PROBLEMS[code]}.", detail=detail)


def place(where: Sequence[str | int], name: str = "result") -> str:
    """The place of a value as one would write it in Python: `result[0]["W"]`."""
    shown = (str(key) if isinstance(key, int) else json.dumps(key, ensure_ascii=False) for key in where)
    return name + "".join(f"[{key}]" for key in shown)


class Problem(Exception):
    """A problem on its way up; every container adds its own key to `where`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.where: list[str | int] = []

    def under(self, key: Any) -> Problem:
        """Itself, with one more key in front of the way to the value."""
        self.where.insert(0, key if isinstance(key, int) else str(key)[:40])
        return self


def checked_text(text: str, limits: Limits) -> str:
    """The text, if it is not too long and valid Unicode. Raises Problem."""
    if len(text) > limits.text:
        raise Problem("text", f"{len(text):,} characters of at most {limits.text:,}")
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise Problem("surrogate") from None
    return text
