"""The file of records: one JSON line per run, only ever appended to, safe against being killed in the middle of a line.

A line that cannot be read (a torn last one, or one of a later schema) is left alone, reported, and never hides the others. One
process writes at a time. While a run is under way a file beside the records names it; found at the next start, it says that the
process died in that run, and the run is recorded as failed.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from benchmarks.engine.record import Record, RecordError
from graders.kit.errors import InputError


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
    records, remarks = [], []
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    records.append(Record.from_json(line.decode("utf-8")))
                except (RecordError, UnicodeDecodeError) as error:
                    torn = not line.endswith(b"\n")  # every whole line ends with a line break
                    remarks.append(f"{path.name}, line {number}: {'cut off while it was written, ignored' if torn else error}")
    except FileNotFoundError:
        return Contents(())
    except OSError as error:
        raise InputError(f"the records {path} cannot be read: {error}") from error
    return Contents(tuple(records), tuple(remarks))


def latest(records: Iterable[Record]) -> dict[str, Record]:
    """Give the record that counts for each identity: the last, except that no failure hides an earlier success."""
    found: dict[str, Record] = {}
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
            raise InputError(f"the records {self.path} cannot be written: {error}") from error
        self.records.append(record)

    @property
    def _running(self) -> Path:
        return self.path.with_suffix(self.path.suffix + ".running")

    @contextmanager
    def running(self, template: Record) -> Iterator[None]:
        """Leave `template`, a failed record, beside the file while the block runs; a killed process leaves it there."""
        self._running.write_text(template.to_json() + "\n", encoding="utf-8")
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
        InputError: another process writes to it, or it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(_lock_of(path), timeout=1)
        lock.acquire()
    except Timeout:
        raise InputError(f"another sanjeh writes to {path} right now; wait for it, or choose another file by --records") from None
    except OSError as error:
        raise InputError(f"the records {path} cannot be written: {error}") from error
    try:
        yield Store(path)
    finally:
        lock.release()


def _lock_of(path: Path) -> Path:
    """Keep locks apart from records, which lie in a repository."""
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"sanjeh-records-{name}.lock"
