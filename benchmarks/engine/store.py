"""The file of records: one JSON line per run, only ever appended to, safe against being killed in the middle of a line.

A line that cannot be read (a torn last one, or one of a later schema) is left alone, reported, and never hides the others. One
process writes at a time. While a run is under way a file beside the records names it; found at the next start, it says that the
process died in that run, and the run is recorded as failed.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from filelock import FileLock, Timeout

from benchmarks.engine.record import Key, Record, RecordError
from graders.kit.errors import InputError


class Line(Protocol):
    """What tells which run a line holds: a `Record` knows it, and so does its `Entry`."""

    @property
    def identity(self) -> str:
        """Give the hash of all that decides the result."""

    @property
    def version(self) -> str:
        """Give the hash of all but the seed."""

    @property
    def task(self) -> str:
        """Give the task."""

    @property
    def key(self) -> Key:
        """Give case, size and device."""

    @property
    def seed(self) -> int:
        """Give the seed."""

    @property
    def status(self) -> str:
        """Give how the run ended."""


Known = TypeVar("Known", bound=Line)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a file by what it is about and where it lies: ten thousand records need not be held at once.

    Attributes:
        line: its number in the file, from 1. offset: bytes before it.
    """

    identity: str
    version: str
    task: str
    key: Key
    seed: int
    status: str
    file: Path
    line: int
    offset: int

    def read(self) -> Record:
        """Give the record itself.

        Raises:
            InputError: the file has been changed or removed meanwhile.
        """
        try:
            with self.file.open("rb") as file:
                file.seek(self.offset)
                return Record.from_json(file.readline().decode("utf-8"))
        except (OSError, RecordError, UnicodeDecodeError) as error:
            raise InputError(f"{self.file.name}, line {self.line}, changed while it was read: {error}") from error


@dataclass(frozen=True)
class Contents:
    """What a file holds: its records in order, and a remark for every line that is none."""

    records: tuple[Record, ...]
    remarks: tuple[str, ...] = ()


def read(path: Path) -> Contents:
    """Read every record of a file; no file holds none.

    Raises:
        InputError: the file cannot be opened.
    """
    remarks: list[str] = []
    records = tuple(record for record, _, _ in _lines(path, remarks))
    return Contents(records, tuple(remarks))


def index(path: Path) -> tuple[list[Entry], list[str]]:
    """Go through a file once, keeping only what its records are about: entries in order, and a remark for every line that is none.

    Raises:
        InputError: the file cannot be opened.
    """
    remarks: list[str] = []
    keys: dict[Key, Key] = {}  # seeds share one
    entries = [
        Entry(record.identity, sys.intern(record.version), sys.intern(record.task), keys.setdefault(record.key, record.key),
              record.seed, sys.intern(record.status), path, number, offset)
        for record, number, offset in _lines(path, remarks)
    ]  # fmt: skip
    return entries, remarks


def _lines(path: Path, remarks: list[str]) -> Iterator[tuple[Record, int, int]]:
    """Give each record with the number of its line and the bytes before it; lines that are none are added to `remarks`."""
    offset = 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    if line.strip():
                        yield Record.from_json(line.decode("utf-8")), number, offset
                except (RecordError, UnicodeDecodeError) as error:
                    torn = not line.endswith(b"\n")  # every whole line ends with a line break
                    remarks.append(f"{path.name}, line {number}: {'cut off while it was written, ignored' if torn else error}")
                offset += len(line)
    except FileNotFoundError:
        return
    except OSError as error:
        raise InputError(f"the records {path} cannot be read: {(error.strerror or str(error)).lower()}") from error


def latest(records: Iterable[Known]) -> dict[str, Known]:
    """Give the record that counts for each identity: the last, except that no failure hides an earlier success."""
    found: dict[str, Known] = {}
    for record in records:
        before = found.get(record.identity)
        if before is None or before.status != "ok" or record.status == "ok":
            found[record.identity] = record
    return found


class Store:
    """A file of records that this process appends to; made by `opened`."""

    def __init__(self, path: Path) -> None:
        """Read what is there."""
        self.path = path
        self.contents = read(path)
        self.records = list(self.contents.records)

    def append(self, record: Record) -> None:
        """Write one line, in one call, down to the disk. A torn line before it is closed first.

        Raises:
            InputError: the disk refuses.
        """
        line = record.to_json().encode("utf-8") + b"\n"
        try:
            with self.path.open("ab+") as file:
                if file.seek(0, os.SEEK_END) > 0:
                    file.seek(-1, os.SEEK_END)
                    line = line if file.read(1) == b"\n" else b"\n" + line
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _refused(self.path, error) from error
        self.records.append(record)

    @property
    def _running(self) -> Path:
        return self.path.with_suffix(self.path.suffix + ".running")

    @contextmanager
    def running(self, template: Record) -> Iterator[None]:
        """Leave `template`, a failed record, beside the file while the block runs; a killed process leaves it there."""
        try:
            self._running.write_text(template.to_json() + "\n", encoding="utf-8")
        except OSError as error:
            raise _refused(self.path, error) from error
        try:
            yield
        finally:
            self._running.unlink(missing_ok=True)

    def bury(self) -> Record | None:
        """Record the run in which an earlier process died, if one did."""
        try:
            died = Record.from_json(self._running.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (RecordError, OSError, UnicodeDecodeError):
            self._running.unlink(missing_ok=True)
            return None
        self.append(died)
        self._running.unlink(missing_ok=True)
        return died


@contextmanager
def opened(path: Path) -> Iterator[Store]:
    """Open a file of records for writing, alone.

    Raises:
        InputError: another process writes to it, or it cannot be written: said now, and not after the first run.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
            raise PermissionError(errno.EACCES, "permission denied")
    except OSError as error:
        raise _refused(path, error) from error
    lock = FileLock(_lock_of(path), timeout=1)
    try:
        lock.acquire()
    except Timeout:
        raise InputError(f"another sanjeh writes to {path} right now; wait for it, or choose another file by --records") from None
    except OSError as error:
        raise InputError(
            f"the records {path} were last written by another user, whose lock {_lock_of(path)} cannot be taken"
            f" ({error.strerror}): have it removed, or choose another file by --records"
        ) from error
    try:
        yield Store(path)
    finally:
        lock.release()


def _refused(path: Path, error: OSError) -> InputError:
    """Say that records cannot be written, and where to put them instead."""
    reason = (error.strerror or str(error)).lower()
    return InputError(f"the records {path} cannot be written ({reason}): choose another file by --records")


def _lock_of(path: Path) -> Path:
    """Keep locks apart from records, which lie in a repository."""
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"sanjeh-records-{name}.lock"
