"""Framed messages over a stream socket: a value of `wire.py` with its length in front and the nonce of its request.

Frame: magic, nonce, length of the header, number of buffers; then the length of each buffer; then header and buffers. A reply
counts only with the nonce of the question that it answers, so one written ahead of the question is worth nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from . import wire
from .wire import Limits, NotPlain

_MAGIC = b"SJ01"
_PREFIX = struct.Struct("<4s16sQI")
NONCE_BYTES = 16
MAX_BUFFERS = 200_000


def pack(nonce: bytes, value: Any, limits: Limits = wire.DEFAULT, *, name: str = "result") -> list[memoryview]:
    """A frame as a list of pieces to send in order. Raises NotPlain where the value may not cross."""
    header, buffers = wire.encode(value, limits, name=name)
    if len(buffers) > MAX_BUFFERS:
        raise NotPlain("nodes", detail=f"{len(buffers)} arrays", name=name)
    prefix = _PREFIX.pack(_MAGIC, nonce, len(header), len(buffers))
    table = struct.pack(f"<{len(buffers)}Q", *(buffer.nbytes for buffer in buffers))
    pieces = [memoryview(prefix + table + header)]
    return pieces + [buffer for buffer in buffers if buffer.nbytes]


@dataclass(frozen=True)
class Frame:
    """A frame that has arrived whole, still unread."""

    nonce: bytes
    header: memoryview
    buffers: list[memoryview]

    def value(self, limits: Limits = wire.DEFAULT) -> Any:
        """What it holds. Raises AnswerRejected."""
        return wire.decode(self.header, self.buffers, limits)


def receive(limits: Limits = wire.DEFAULT) -> Generator[memoryview, None, Frame]:
    """Read one frame without owning the socket: yields memory to fill completely, returns the Frame at the end.

    Whoever drives this generator fills each yielded piece from the stream before asking for the next. Raises AnswerRejected
    before any memory beyond `limits.size` is asked for.
    """
    prefix = bytearray(_PREFIX.size)
    yield memoryview(prefix)
    magic, nonce, header_length, count = _PREFIX.unpack(prefix)
    if magic != _MAGIC:
        raise NotPlain("malformed", detail="no frame starts here")
    if count > MAX_BUFFERS or header_length > limits.size:
        raise NotPlain("size")
    table = bytearray(8 * count)
    if count:
        yield memoryview(table)
    sizes = struct.unpack(f"<{count}Q", table)
    total = header_length + sum(sizes)
    if total > limits.size:
        raise NotPlain("size")
    body = memoryview(bytearray(total))
    if total:
        yield body
    buffers, start = [], header_length
    for size in sizes:
        buffers.append(body[start : start + size])
        start += size
    return Frame(nonce, body[:header_length], buffers)
