"""Reading recordings: 16-bit mono PCM wave files, from a folder or straight from a zip.

The header is read apart from the samples, so that thousands of files are checked without decoding them.
"""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from seeds.datasets.signals import INT16_FULL_SCALE, FloatArray, Signals
from seeds.errors import DataError

PCM, EXTENSIBLE = 1, 0xFFFE
HEADER_BYTES = 4096
"""Enough for the chunks that recorders put before the samples."""
HIDDEN = ("._", ".DS_Store", "__MACOSX")
"""What macOS leaves in folders and archives."""
UNREADABLE = (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What reading a file, or a damaged or encrypted member of a zip, raises."""


@dataclass(frozen=True)
class Header:
    """What the head of a wave file says; `start` and `length` in bytes are where its samples lie."""

    codec: int
    channels: int
    rate: int
    bits: int
    start: int
    length: int


def parse_header(head: bytes) -> Header:
    """Walk the chunks at the beginning of a file.

    Raises:
        ValueError: this is no wave file, or its head ends before the samples begin.
    """
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise ValueError("is not a wave file")
    place, form = 12, None
    while place + 8 <= len(head):
        kind, length = struct.unpack_from("<4sI", head, place)
        if kind == b"fmt " and length >= 16 and place + 24 <= len(head):
            form = struct.unpack_from("<HHIIHH", head, place + 8)
            if form[0] == EXTENSIBLE and length >= 26 and place + 34 <= len(head):
                form = (struct.unpack_from("<H", head, place + 32)[0], *form[1:])
        if kind == b"data":
            if form is None:
                break
            return Header(form[0], form[1], form[2], form[5], place + 8, length)
        place += 8 + length + length % 2
    raise ValueError("has a damaged head")


class Files(ABC):
    """The files below one place: a folder, or a zip that is not unpacked. Names have forward slashes."""

    names: tuple[str, ...]

    @abstractmethod
    def size(self, name: str) -> int:
        """Give the size in bytes."""

    @abstractmethod
    def read(self, name: str, limit: int = -1) -> bytes:
        """Give the first `limit` bytes, or all; raises one of `UNREADABLE` where it cannot."""

    @abstractmethod
    def stamp(self, name: str) -> str:
        """Tell apart versions of a file without reading it; raises OSError where it is gone."""

    def path(self, name: str) -> Path | None:
        """Give the place on disk, None where the file is packed."""
        return None


class FolderFiles(Files):
    """Files on disk."""

    def __init__(self, folder: Path) -> None:
        """List the folder, all levels."""
        self._folder, self._place = folder, str(folder.resolve())
        names = []
        for place, below, files in os.walk(folder):
            below[:] = [name for name in below if not name.startswith(HIDDEN)]
            inside = Path(place).relative_to(folder).as_posix()
            front = "" if inside == "." else f"{inside}/"
            names += [front + name for name in files if not name.startswith(HIDDEN)]
        self.names = tuple(sorted(names))

    def size(self, name: str) -> int:
        """Give the size in bytes."""
        return (self._folder / name).stat().st_size

    def read(self, name: str, limit: int = -1) -> bytes:
        """Give the first bytes."""
        with (self._folder / name).open("rb") as stream:
            return stream.read(limit)

    def stamp(self, name: str) -> str:
        """Give place, size and times."""
        return file_stamp(f"{self._place}/{name}")

    def path(self, name: str) -> Path:
        """Give the place on disk."""
        return self._folder / name


class ZipFiles(Files):
    """Members of an archive; nothing is written to disk."""

    def __init__(self, path: Path) -> None:
        """Open the archive; raises BadZipFile where it is none, or is cut short."""
        self._path = path.resolve()
        self._archive, self._process = zipfile.ZipFile(path), os.getpid()
        listed = (entry for entry in self._archive.infolist() if not entry.is_dir())
        self._sizes = {entry.filename: entry.file_size for entry in listed if not _hidden(entry.filename.split("/"))}
        self.names = tuple(sorted(self._sizes))

    def size(self, name: str) -> int:
        """Give the size after unpacking."""
        return self._sizes[name]

    def read(self, name: str, limit: int = -1) -> bytes:
        """Give the first bytes; reading all checks the member's checksum."""
        if self._process != os.getpid():  # a forked process shares the open file, and with it the place in it
            self._archive, self._process = zipfile.ZipFile(self._path), os.getpid()
        with self._archive.open(name) as stream:
            return stream.read(limit)

    def stamp(self, name: str) -> str:
        """Give the archive's place, size and times, and the member."""
        return f"{file_stamp(str(self._path))}|{name}"


def file_stamp(place: str) -> str:
    """Give a file's place, size and times; raises OSError where it is gone."""
    found = os.stat(place)  # noqa: PTH116  (a Path for each of 30 000 files takes longer than all the rest)
    return f"{place}|{found.st_size}|{found.st_mtime_ns}|{found.st_ctime_ns}"


def _hidden(parts: tuple[str, ...] | list[str]) -> bool:
    return any(part.startswith(HIDDEN) for part in parts)


def open_files(path: Path) -> Files:
    """Look at a folder or a zip.

    Raises:
        DataError: there is nothing, or it is neither.
    """
    if path.is_dir():
        return FolderFiles(path)
    if not path.exists():
        raise DataError(f"{path} does not exist: check the spelling, or unpack the data set there")
    try:
        return ZipFiles(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise DataError(f"{path} is neither a folder nor a whole zip ({error}): download it again, or unpack it") from error


def unpack_hint(files: Files) -> str:
    """Say what to do about a place that lacks its recordings."""
    archive = next((name for name in files.names if name.lower().endswith((".zip", ".tar.gz", ".tgz"))), None)
    return f"unpack {archive}, or give a zip's own path" if archive else "check the path, or unpack the archive again"


def faults(files: Files, name: str, rate: int | None) -> list[str]:
    """Name everything that keeps a file from being read as 16-bit mono PCM, each with its remedy.

    Args:
        files: where the file is.
        name: which one.
        rate: the Hz that it must have; None takes any.
    """
    try:
        size = files.size(name)
        if size == 0:
            return [f"{name} is empty (0 bytes): unpack or download it again"]
        header = parse_header(files.read(name, HEADER_BYTES))
    except ValueError as error:
        return [f"{name} {error}: download it again, or convert it to a 16-bit wave file"]
    except UNREADABLE as error:
        return [f"{name} cannot be read ({error}): check its permissions, or unpack it again"]
    found = []
    if header.codec != PCM or header.bits != 16:
        stored = f"{header.bits}-bit" if header.codec == PCM else f"codec {header.codec}"
        found.append(f"{name} is stored as {stored}, wanted 16-bit PCM: convert it (sox IN -b 16 -e signed OUT)")
    if header.channels != 1:
        found.append(f"{name} has {header.channels} channels, wanted one: mix it down (sox IN -c 1 OUT)")
    if rate is not None and header.rate != rate:
        remedy = f"resample it (sox IN -r {rate} OUT), or give stored_rate={header.rate} if all files are stored so"
        found.append(f"{name} has {header.rate} Hz, wanted {rate}: {remedy}")
    if header.length == 0:
        found.append(f"{name} holds no samples: remove the recording, or download it again")
    elif header.start + header.length > size:
        missing = header.start + header.length - size
        found.append(f"{name} is cut short by {missing} bytes: unpack or download it again")
    return found


def look(files: Files, name: str) -> Header:
    """Read the head of a file that has passed `faults`."""
    return parse_header(files.read(name, HEADER_BYTES))


def _samples(files: Files, name: str) -> bytes:
    """Read the samples as stored; raises DataError where the file has changed since it was checked."""
    try:
        whole = files.read(name)
        header = parse_header(whole[:HEADER_BYTES])
    except (ValueError, *UNREADABLE) as error:
        raise DataError(f"{name} can no longer be read ({error}): unpack or download it again") from error
    return whole[header.start : header.start + header.length]


def _decode(stored: bytes, rate: int, wanted_rate: int) -> FloatArray:
    """Scale to [-1, 1) and resample (polyphase filter, linear phase)."""
    samples = np.frombuffer(stored, dtype="<i2")
    if rate == wanted_rate:  # exact in 32 bits, and fresh memory for 64 would take longer than the arithmetic
        return np.asarray(samples * np.float32(1 / INT16_FULL_SCALE), dtype=np.float32)
    from scipy.signal import resample_poly  # 40 MB, and most who read wave files never resample

    scaled = samples / INT16_FULL_SCALE
    return np.asarray(resample_poly(scaled, wanted_rate, rate), dtype=np.float32)


class Recordings(Signals):
    """Wave files that are read and resampled when they are asked for. They have passed `faults`."""

    def __init__(self, files: Files, names: tuple[str, ...], stored_rate: int, sample_rate: int) -> None:
        """Take the files' names in order, the rate on disk, and the rate to give."""
        self._files, self._names = files, names
        self._stored_rate, self._sample_rate = stored_rate, sample_rate

    def __len__(self) -> int:
        """Count the files."""
        return len(self._names)

    def content(self, index: int) -> bytes:
        """Give the samples as stored."""
        return _samples(self._files, self._names[index])

    def stamp(self, index: int) -> str:
        """Give the file's place, size and times."""
        return self._files.stamp(self._names[index])

    def signal(self, index: int) -> FloatArray:
        """Decode and resample."""
        return _decode(self.content(index), self._stored_rate, self._sample_rate)


@dataclass(frozen=True)
class Piece:
    """Part of a file: `length` samples from sample `start` on, at the file's own `rate` in Hz; length None is the whole file."""

    name: str
    rate: int
    start: int = 0
    length: int | None = None


class Pieces(Signals):
    """Parts of wave files, each with a rate of its own, read and resampled when they are asked for."""

    def __init__(self, files: Files, pieces: tuple[Piece, ...], sample_rate: int) -> None:
        """Take the pieces in order and the rate to give."""
        self._files, self._pieces, self._sample_rate = files, pieces, sample_rate

    def __len__(self) -> int:
        """Count the pieces."""
        return len(self._pieces)

    def content(self, index: int) -> bytes:
        """Give the samples as stored."""
        piece = self._pieces[index]
        end = None if piece.length is None else 2 * (piece.start + piece.length)
        return _samples(self._files, piece.name)[2 * piece.start : end]

    def stamp(self, index: int) -> str:
        """Give the file's place, size and times, and the piece."""
        return f"{self._files.stamp(self._pieces[index].name)}|{self._pieces[index]}"

    def signal(self, index: int) -> FloatArray:
        """Decode and resample."""
        return _decode(self.content(index), self._pieces[index].rate, self._sample_rate)
