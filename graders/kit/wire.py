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
from collections.abc import Sequence
from typing import Any

from .wire_reader import Reader, integer, refuse
from .wire_rules import DEFAULT, DTYPES, PROBLEMS, TRUSTED, Limits, NotPlain, Problem, Raw, place
from .wire_writer import Writer

__all__ = ["DEFAULT", "DTYPES", "PROBLEMS", "TRUSTED", "Limits", "NotPlain", "copy", "decode", "encode", "place"]


def encode(value: Any, limits: Limits = DEFAULT, *, name: str = "result") -> tuple[bytes, list[memoryview]]:
    """Turn a value into a JSON header and raw buffers.

    Raises NotPlain, which says what was got, where in the value, and what to do; `name` is what the message calls the value.
    """
    writer = Writer(limits)
    try:
        tree = writer.value(value, limits.depth)
        header = json.dumps(tree, separators=(",", ":"), allow_nan=False).encode("ascii")
        if len(header) + writer.size > limits.size:
            raise Problem("size", f"{(len(header) + writer.size) / 2**20:.0f} MiB of at most {limits.size / 2**20:.0f}")
    except Problem as problem:
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
    reader = Reader(buffers, limits)
    try:
        tree = json.loads(raw.decode("ascii"), parse_constant=refuse, parse_int=integer)
        value = reader.value(tree, limits.depth)
        if len(reader.used) != len(buffers):
            raise Problem("malformed", f"{len(buffers) - len(reader.used)} buffers belong to nothing")
        return value
    except Problem as problem:
        raise NotPlain(problem.code, problem.where, detail=problem.detail) from None
    except (ValueError, RecursionError, MemoryError, TypeError, OverflowError) as error:
        raise NotPlain("malformed", detail=f"{type(error).__name__}") from None


def copy(value: Any, limits: Limits = DEFAULT, *, name: str = "result") -> Any:
    """A copy of plain data, checked as if it had crossed the boundary. Raises NotPlain."""
    return decode(*encode(value, limits, name=name), limits)
