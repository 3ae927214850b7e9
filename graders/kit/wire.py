"""The only format that crosses the boundary between the grader and a student's code: JSON plus raw buffers, never pickle.

A value becomes a JSON header and a list of buffers (`encode`), and comes back only through a strict reader (`decode`) that
checks every type, shape and size before it allocates. What may cross: None, bool, int, float, complex, str, bytes, list,
tuple, dict with str or int keys, and NumPy arrays and scalars of the dtypes in `DTYPES`.

Header: null, booleans, numbers, strings and lists stand for themselves; every other type is an object with one tag:
`{"f": "nan"}`, `{"c": [re, im]}`, `{"t": [items]}` tuple, `{"d": [[key, value], ...]}` dict, `{"y": buffer}` bytes,
`{"a": [dtype, shape, buffer]}` array, `{"n": [dtype, hex]}` scalar. Buffers are little-endian, in C order, each used once.
`frames.py` puts a header and its buffers on a socket.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
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
    return name + "".join(f"[{key}]" if isinstance(key, int) else "[" + json.dumps(key, ensure_ascii=False) + "]" for key in where)


class _Problem(Exception):
    """A problem on its way up; every container adds its own key to `where`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.where: list[str | int] = []

    def under(self, key: Any) -> _Problem:
        self.where.insert(0, key if isinstance(key, int) else str(key)[:40])
        return self


def encode(value: Any, limits: Limits = DEFAULT, *, name: str = "result") -> tuple[bytes, list[memoryview]]:
    """Turn a value into a JSON header and raw buffers.

    Raises NotPlain, which says what was got, where in the value, and what to do; `name` is what the message calls the value.
    """
    writer = _Writer(limits)
    try:
        tree = writer.value(value, limits.depth)
        header = json.dumps(tree, separators=(",", ":"), allow_nan=False).encode("ascii")
        if len(header) + writer.size > limits.size:
            raise _Problem("size", f"{(len(header) + writer.size) / 2**20:.0f} MiB of at most {limits.size / 2**20:.0f}")
    except _Problem as problem:
        raise NotPlain(problem.code, problem.where, detail=problem.detail, name=name) from None
    except RecursionError:
        raise NotPlain("depth", name=name) from None
    return header, writer.buffers


def decode(header: Raw, buffers: Sequence[Raw], limits: Limits = DEFAULT) -> Any:
    """Rebuild a value from a header and buffers that nobody vouches for. Arrays are writable copies.

    Raises AnswerRejected for anything but what `encode` could have written; allocates no more than the buffers hold.
    """
    if len(header) + sum(map(len, buffers)) > limits.size:
        raise NotPlain("size")
    raw = bytes(header)
    # An upper bound on the number of values, taken before the parser builds any of them.
    if raw.count(b",") + raw.count(b"[") + raw.count(b"{") > 3 * limits.nodes:
        raise NotPlain("nodes")
    reader = _Reader(buffers, limits)
    try:
        tree = json.loads(raw.decode("ascii"), parse_constant=_refuse, parse_int=_integer)
        value = reader.value(tree, limits.depth)
        if len(reader.used) != len(buffers):
            raise _Problem("malformed", f"{len(buffers) - len(reader.used)} buffers belong to nothing")
        return value
    except _Problem as problem:
        raise NotPlain(problem.code, problem.where, detail=problem.detail) from None
    except (ValueError, RecursionError, MemoryError, TypeError, OverflowError) as error:
        raise NotPlain("malformed", detail=f"{type(error).__name__}") from None


def copy(value: Any, limits: Limits = DEFAULT, *, name: str = "result") -> Any:
    """A copy of plain data, checked as if it had crossed the boundary. Raises NotPlain."""
    return decode(*encode(value, limits, name=name), limits)


def _refuse(constant: str) -> Any:
    raise _Problem("malformed", f"the JSON constant {constant}")


def _integer(digits: str) -> int:
    if len(digits) > MAX_INT_DIGITS:
        raise _Problem("int")
    return int(digits)


class _Writer:
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
                raise _Problem("depth")
            return self.container(value, depth - 1)
        if isinstance(value, float):
            return self.value(float.__float__(value), depth)
        if isinstance(value, complex):
            return {"c": [self.value(value.real, depth), self.value(value.imag, depth)]}
        if isinstance(value, bytes | bytearray):
            return {"y": self.buffer(memoryview(bytes(value)))}
        raise _Problem(_problem(value), _described(value))

    def count(self, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > self.limits.nodes:
            raise _Problem("nodes", f"more than {self.limits.nodes:,} values")

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
            except _Problem as problem:
                raise problem.under(index) from None
        return result

    def pair(self, key: Any, item: Any, depth: int) -> list[Any]:
        name: int | str
        if isinstance(key, str):
            name = self.text(key)
        elif isinstance(key, int | np.integer) and not isinstance(key, bool):
            name = self.integer(int(key))
        else:
            raise _Problem("key", f"a key of {_described(key)}")
        try:
            return [name, self.value(item, depth)]
        except _Problem as problem:
            raise problem.under(name) from None

    def integer(self, value: int) -> int:
        plain = int.__int__(value)
        if plain.bit_length() > MAX_INT_BITS:
            raise _Problem("int", f"{plain.bit_length()} bits")
        return plain

    def text(self, value: str) -> str:
        plain = str.__str__(value) if type(value) is not str else value
        return _checked_text(plain, self.limits)

    def array(self, value: np.ndarray[Any, Any]) -> list[Any]:
        if value.dtype.name not in DTYPES or value.dtype.kind in "OSUV":
            raise _Problem(_array_problem(value), f"dtype {value.dtype}, shape {value.shape}"[:200])
        if value.ndim > MAX_DIMENSIONS:
            raise _Problem("dtype", f"{value.ndim} dimensions; at most {MAX_DIMENSIONS} may cross")
        self.fits(value.nbytes)
        plain = np.ascontiguousarray(value, dtype=DTYPES[value.dtype.name])
        return [value.dtype.name, list(value.shape), self.buffer(memoryview(plain.reshape(-1).view(np.uint8)))]

    def scalar(self, value: np.generic) -> list[Any]:
        if value.dtype.name not in DTYPES:
            raise _Problem("dtype", f"a NumPy scalar of dtype {value.dtype}"[:200])
        return [value.dtype.name, np.asarray(value, dtype=DTYPES[value.dtype.name]).tobytes().hex()]

    def buffer(self, data: memoryview) -> int:
        self.fits(data.nbytes)
        self.size += data.nbytes
        self.buffers.append(data)
        return len(self.buffers) - 1

    def fits(self, more: int) -> None:
        if self.size + more > self.limits.size:
            raise _Problem("size", f"more than {self.limits.size / 2**20:.0f} MiB")


def _checked_text(text: str, limits: Limits) -> str:
    if len(text) > limits.text:
        raise _Problem("text", f"{len(text):,} characters of at most {limits.text:,}")
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise _Problem("surrogate") from None
    return text


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


class _Reader:
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
                raise _Problem("int")
            return tree
        if kind is str:
            return _checked_text(tree, self.limits)
        if kind is list:
            return self.items(tree, depth)
        if len(tree) != 1:
            raise _Problem("malformed", "an object without exactly one tag")
        ((tag, content),) = tree.items()
        if tag not in self.tags:
            raise _Problem("malformed", "an unknown tag")
        return self.tags[tag](content, depth)

    def count(self, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > self.limits.nodes:
            raise _Problem("nodes")

    def items(self, content: Any, depth: int) -> list[Any]:
        if type(content) is not list:
            raise _Problem("malformed", "items that are no list")
        if depth == 0:
            raise _Problem("depth")
        if len(content) > 8 and set(map(type, content)) == {float}:
            self.count(len(content))
            return content
        result = []
        for index, item in enumerate(content):
            try:
                result.append(self.value(item, depth - 1))
            except _Problem as problem:
                raise problem.under(index) from None
        return result

    def tuple(self, content: Any, depth: int) -> tuple[Any, ...]:
        return tuple(self.items(content, depth))

    def special(self, content: Any, depth: int) -> float:
        if content not in ("nan", "inf", "-inf"):
            raise _Problem("malformed", "an unknown float")
        return float(content)

    def complex(self, content: Any, depth: int) -> complex:
        if type(content) is not list or len(content) != 2:
            raise _Problem("malformed", "a complex number without two parts")
        parts = [self.value(part, 0) for part in content]
        if any(type(part) is not float for part in parts):
            raise _Problem("malformed", "a complex number whose parts are no floats")
        return complex(*parts)

    def dict(self, content: Any, depth: int) -> dict[str | int, Any]:
        if type(content) is not list or depth == 0:
            raise _Problem("malformed" if depth else "depth")
        result: dict[str | int, Any] = {}
        for pair in content:
            if type(pair) is not list or len(pair) != 2 or type(pair[0]) not in (str, int):
                raise _Problem("malformed", "a dictionary item without a key")
            key = self.value(pair[0], 0)
            if key in result:
                raise _Problem("malformed", "a dictionary key twice")
            try:
                result[key] = self.value(pair[1], depth - 1)
            except _Problem as problem:
                raise problem.under(key) from None
        return result

    def buffer(self, index: Any) -> Raw:
        if type(index) is not int or not 0 <= index < len(self.buffers) or index in self.used:
            raise _Problem("malformed", "a buffer that is missing or used twice")
        self.used.add(index)
        return self.buffers[index]

    def bytes(self, content: Any, depth: int) -> bytes:
        return bytes(self.buffer(content))

    def array(self, content: Any, depth: int) -> np.ndarray[Any, Any]:
        if type(content) is not list or len(content) != 3 or type(content[0]) is not str or content[0] not in DTYPES:
            raise _Problem("malformed", "an array without dtype, shape and buffer")
        name, shape, index = content
        if type(shape) is not list or len(shape) > MAX_DIMENSIONS:
            raise _Problem("malformed", "a shape that is no short list")
        if any(type(size) is not int or not 0 <= size <= self.limits.size for size in shape):
            raise _Problem("malformed", "a shape of impossible sizes")
        # Sizes beside a zero count too: NumPy multiplies them, and an empty array of absurd shape is of no use.
        if math.prod(size for size in shape if size) > self.limits.size:
            raise _Problem("malformed", "a shape of impossible sizes")
        data = self.buffer(index)
        if math.prod(shape) * DTYPES[name].itemsize != len(data):
            raise _Problem("malformed", "an array whose shape does not fit its data")
        return _from_bytes(name, data).reshape(shape)

    def scalar(self, content: Any, depth: int) -> np.generic:
        if type(content) is not list or len(content) != 2 or type(content[0]) is not str or content[0] not in DTYPES:
            raise _Problem("malformed", "a scalar without dtype and value")
        name, digits = content
        if type(digits) is not str or len(digits) != 2 * DTYPES[name].itemsize:
            raise _Problem("malformed", "a scalar of the wrong size")
        scalar: np.generic = _from_bytes(name, bytes.fromhex(digits))[0]
        return scalar


def _from_bytes(name: str, data: Raw) -> np.ndarray[Any, Any]:
    """A flat, aligned, writable array of a whitelisted dtype."""
    if name == "bool" and len(data) and np.frombuffer(data, np.uint8).max() > 1:
        raise _Problem("malformed", "a boolean that is neither 0 nor 1")
    return np.frombuffer(data, DTYPES[name]).astype(NATIVE[name])
