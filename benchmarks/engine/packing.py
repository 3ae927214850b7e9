"""Raw predictions as short text: whole numbers in the smallest type that holds them, compressed, base64.

    "u1:eJxjYGRiBgAADgAH"        u1 = unsigned, one byte each; also i1, u2, i2, u4, i4, i8

Little-endian and zlib, so that any language reads it in three lines. Texts are a JSON list, compressed the same way: "json:...".
"""

from __future__ import annotations

import base64
import json
import zlib
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

TYPES = ("u1", "i1", "u2", "i2", "u4", "i4", "i8")
LEVEL = 9
MOST_BYTES = 1 << 30
"""A packed text that would grow beyond this is refused: records may come from elsewhere."""


def pack(numbers: Any) -> str:
    """Pack whole numbers (N,).

    Raises:
        ValueError: they are not whole, or not one row.
    """
    array = np.asarray(numbers)
    if array.ndim != 1 or array.dtype.kind not in "biu":
        raise ValueError(f"got an array of shape {array.shape} and type {array.dtype}, wanted whole numbers (N,)")
    array = array.astype(np.int64)
    low, high = (int(array.min()), int(array.max())) if len(array) else (0, 0)
    kind = next(kind for kind in TYPES if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max)
    return f"{kind}:{_squeeze(array.astype('<' + kind).tobytes())}"


@lru_cache(maxsize=8)
def unpack(text: str) -> NDArray[np.int64]:
    """Give back the numbers (N,) that `pack` took, to read only: seeds and cases share their labels and groups.

    Raises:
        ValueError: the text is damaged.
    """
    kind, colon, body = text.partition(":")
    if kind not in TYPES or not colon:
        raise ValueError(f"got {text[:20]!r}…, wanted packed numbers: one of {', '.join(TYPES)}, a colon, base64")
    numbers = np.frombuffer(_expand(body), dtype="<" + kind).astype(np.int64)
    numbers.flags.writeable = False
    return numbers


def pack_texts(texts: list[str]) -> str:
    """Pack texts."""
    return "json:" + _squeeze(json.dumps(texts, ensure_ascii=False).encode())


def unpack_texts(text: str) -> list[str]:
    """Give back the texts that `pack_texts` took.

    Raises:
        ValueError: the text is damaged.
    """
    kind, _, body = text.partition(":")
    found = json.loads(_expand(body)) if kind == "json" else None
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ValueError(f"got {text[:20]!r}…, wanted packed texts: json, a colon, base64")
    return found


def _squeeze(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, LEVEL)).decode("ascii")


def _expand(body: str) -> bytes:
    try:
        expander = zlib.decompressobj()
        data = expander.decompress(base64.b64decode(body, validate=True), MOST_BYTES)
    except (zlib.error, ValueError) as error:
        raise ValueError(f"packed data cannot be read: {error}") from error
    if not expander.eof:
        raise ValueError("packed data is cut short or too large")
    return data
