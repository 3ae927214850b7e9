"""Arrays that are made once and memory-mapped afterwards.

One file per set of parameters, under `$SANJEH_CACHE` or the user's cache folder: a magic word, a JSON header with the SHA-256 of
the rest, then the arrays one after the other. It is written beside its place and renamed, under a file lock, so that a reader
never sees half a file and two processes do not make the same thing twice. A file that does not match its header is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from platformdirs import user_cache_path

from seeds.errors import DataError

Arrays = dict[str, NDArray[Any]]

MAGIC = b"sanjeh-arrays-1\n"
PLAIN = "biufU"
"""Kinds of NumPy types that are plain bytes: no objects, hence no pickle."""
ALIGNMENT = 64
"""Bytes; every array starts at a multiple of it, so that a memory map is aligned for any type."""


def folder() -> Path:
    """Give the cache folder: `$SANJEH_CACHE`, or the user's own cache."""
    named = os.environ.get("SANJEH_CACHE", "")
    return Path(named).expanduser() if named else user_cache_path("sanjeh", appauthor=False)


def fetch(name: str, parameters: Mapping[str, object], make: Callable[[], Arrays]) -> Arrays:
    """Give the arrays of `name` made with `parameters`, from the cache where it has them, read-only.

    Args:
        name: what this is, the first part of the file name.
        parameters: everything that decides the arrays, the generator's version included; must be plain JSON.
        make: makes the arrays where the cache has none, or a damaged file.

    Raises:
        DataError: the cache folder cannot be written.
    """
    key = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()[:16]
    path = folder() / f"{name}-{key}.arrays"
    found = _read(path)
    if found is not None:
        return found
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            found = _read(path)  # another process may have made it while this one waited
            if found is None:
                _write(path, make())
                found = _read(path)
    except OSError as error:
        raise DataError(f"the cache {path.parent} cannot be written ({error}): set SANJEH_CACHE to a folder that can") from error
    if found is None:
        raise DataError(f"{path} reads back other than it was written: check the disk, or set SANJEH_CACHE to another folder")
    return found


def _write(path: Path, arrays: Arrays) -> None:
    """Write the file in one step, as seen by every reader."""
    entries, body = [], bytearray()
    for key, array in arrays.items():
        if array.dtype.kind not in PLAIN:
            raise TypeError(f"array {key!r} has type {array.dtype}, wanted numbers or text")
        body.extend(b"\0" * (-len(body) % ALIGNMENT))
        entries.append({"name": key, "dtype": array.dtype.str, "shape": array.shape, "offset": len(body)})
        body.extend(np.ascontiguousarray(array).tobytes())
    header = json.dumps({"arrays": entries, "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}).encode()
    header += b" " * (-(len(MAGIC) + 8 + len(header)) % ALIGNMENT)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(MAGIC + struct.pack("<Q", len(header)) + header)
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _read(path: Path) -> Arrays | None:
    """Memory-map the file; None where it cannot be read or its bytes are not those that were written."""
    try:
        if path.stat().st_size < len(MAGIC) + 8:
            return None
        whole = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
        start = len(MAGIC) + 8
        if bytes(whole[: len(MAGIC)]) != MAGIC:
            return None
        (length,) = struct.unpack("<Q", bytes(whole[len(MAGIC) : start]))
        header = json.loads(bytes(whole[start : start + length]))
        body = whole[start + length :]
        if len(body) != header["bytes"] or hashlib.sha256(body.data).hexdigest() != header["sha256"]:
            return None
        return {entry["name"]: _view(body, entry) for entry in header["arrays"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _view(body: NDArray[np.uint8], entry: dict[str, Any]) -> NDArray[Any]:
    """Look at one array's bytes as that array, without a copy."""
    dtype = np.dtype(entry["dtype"])
    size = dtype.itemsize * int(np.prod(entry["shape"]))
    view: NDArray[Any] = body[entry["offset"] : entry["offset"] + size].view(dtype).reshape(entry["shape"])
    return view
