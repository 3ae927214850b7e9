"""Arrays that are made once and memory-mapped afterwards.

One file per set of parameters, under `$SANJEH_CACHE` or the user's cache folder: a magic word, the arrays one after the other, and
at the end a JSON list of them with their SHA-256. It is written beside its place and renamed, under a file lock, so that a reader
never sees half a file and two processes do not make the same thing twice. A file that does not match its list is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from platformdirs import user_cache_path

from seeds.errors import DataError

Arrays = dict[str, NDArray[Any]]

MAGIC = b"sanjeh-arrays-2\n"
TAIL = struct.Struct("<Q32s")
"""The file's last bytes: the length of the list of arrays before them, and its SHA-256."""
PLAIN = "biufU"
"""Kinds of NumPy types that are plain bytes: no objects, hence no pickle."""
ALIGNMENT = 64
"""Bytes; every array starts at a multiple of it, so that a memory map is aligned for any type."""
BLOCK = 1 << 20
"""Bytes read at once where a whole file is checked."""


def folder() -> Path:
    """Give the cache folder: `$SANJEH_CACHE`, or the user's own cache."""
    named = os.environ.get("SANJEH_CACHE", "")
    return Path(named).expanduser() if named else user_cache_path("sanjeh", appauthor=False)


class Writer:
    """A file of arrays under way. An array may come in pieces, so that it need not fit into memory."""

    def __init__(self, stream: BinaryIO) -> None:
        """Begin the file."""
        self._stream, self._sha, self._bytes = stream, hashlib.sha256(), 0
        self._entries: list[dict[str, Any]] = []
        stream.write(MAGIC.ljust(ALIGNMENT, b"\0"))

    def put(self, name: str, array: NDArray[Any]) -> None:
        """Write a whole array.

        Raises:
            TypeError: it holds objects.
        """
        if array.dtype.kind not in PLAIN:
            raise TypeError(f"array {name!r} has type {array.dtype}, wanted numbers or text")
        self._write(b"\0" * (-self._bytes % ALIGNMENT))
        self._entries.append({"name": name, "dtype": array.dtype.str, "shape": list(array.shape), "offset": self._bytes})
        self._write(np.ascontiguousarray(array).tobytes())

    def extend(self, name: str, rows: NDArray[Any]) -> None:
        """Write the next rows of an array, or its first; the pieces of one array follow each other.

        Raises:
            TypeError: the rows are not like those before.
        """
        last: dict[str, Any] = self._entries[-1] if self._entries else {"name": None}
        if last["name"] != name:
            self.put(name, rows)
        elif (last["dtype"], last["shape"][1:]) != (rows.dtype.str, list(rows.shape[1:])):
            raise TypeError(f"array {name!r} has rows {last['shape'][1:]} {last['dtype']}, got {rows.shape[1:]} {rows.dtype}")
        else:
            last["shape"][0] += len(rows)
            self._write(np.ascontiguousarray(rows).tobytes())

    def finish(self) -> None:
        """Write the list of arrays."""
        listed = json.dumps({"arrays": self._entries, "bytes": self._bytes, "sha256": self._sha.hexdigest()}).encode()
        self._stream.write(listed + TAIL.pack(len(listed), hashlib.sha256(listed).digest()))

    def _write(self, data: bytes) -> None:
        self._stream.write(data)
        self._sha.update(data)
        self._bytes += len(data)


def fetch(name: str, parameters: Mapping[str, object], make: Callable[[], Arrays]) -> Arrays:
    """Give the arrays of `name` made with `parameters`, from the cache where it has them, read-only.

    Args:
        name: what this is, the first part of the file name.
        parameters: everything that decides the arrays, the generator's version included; must be plain JSON.
        make: makes the arrays where the cache has none, or a damaged file.

    Raises:
        DataError: the cache folder cannot be written.
    """

    def fill(writer: Writer) -> None:
        for key, array in make().items():
            writer.put(key, array)

    return stream(name, parameters, fill)


def stream(name: str, parameters: Mapping[str, object], fill: Callable[[Writer], None]) -> Arrays:
    """Give the arrays as `fetch` does; `fill` writes them piece by piece where the cache has none."""
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
                _write(path, fill)
                found = _read(path)
    except OSError as error:
        raise DataError(f"the cache {path.parent} cannot be written ({error}): set SANJEH_CACHE to a folder that can") from error
    if found is None:
        raise DataError(f"{path} reads back other than it was written: check the disk, or set SANJEH_CACHE to another folder")
    return found


def _write(path: Path, fill: Callable[[Writer], None]) -> None:
    """Write the file in one step, as seen by every reader."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            writer = Writer(file)
            fill(writer)
            writer.finish()
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _read(path: Path) -> Arrays | None:
    """Memory-map the file; None where it cannot be read or its bytes are not those that were written."""
    try:
        with path.open("rb") as file:
            listed = _list(file)
            if listed is None or _digest(file, listed["bytes"]) != listed["sha256"]:
                return None
        whole = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
        return {entry["name"]: _view(whole[ALIGNMENT:], entry) for entry in listed["arrays"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _list(file: BinaryIO) -> dict[str, Any] | None:
    """Read the list at the end of a file and leave the file at its first array; None where it has no such list."""
    size = file.seek(0, os.SEEK_END)
    if size < ALIGNMENT + TAIL.size:
        return None
    file.seek(size - TAIL.size)
    length, digest = TAIL.unpack(file.read(TAIL.size))
    if length > size - ALIGNMENT - TAIL.size:
        return None
    file.seek(size - TAIL.size - length)
    text = file.read(length)
    file.seek(0)
    if hashlib.sha256(text).digest() != digest or file.read(ALIGNMENT) != MAGIC.ljust(ALIGNMENT, b"\0"):
        return None
    listed: dict[str, Any] = json.loads(text)
    return listed if ALIGNMENT + listed["bytes"] + length + TAIL.size == size else None


def _digest(file: BinaryIO, length: int) -> str:
    """Hash the next bytes block by block: a memory map would count every page of the file as this process's memory."""
    sha = hashlib.sha256()
    while length > 0:
        block = file.read(min(BLOCK, length))
        if not block:
            return ""
        sha.update(block)
        length -= len(block)
    return sha.hexdigest()


def _view(body: NDArray[np.uint8], entry: dict[str, Any]) -> NDArray[Any]:
    """Look at one array's bytes as that array, without a copy."""
    dtype = np.dtype(entry["dtype"])
    size = dtype.itemsize * int(np.prod(entry["shape"]))
    view: NDArray[Any] = body[entry["offset"] : entry["offset"] + size].view(dtype).reshape(entry["shape"])
    return view
