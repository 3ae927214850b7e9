"""Where submissions lie: a folder on disk, or the member list of an archive, behind one small interface."""

from __future__ import annotations

import os
import stat
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from graders.kit.errors import IntakeError

from .names import is_junk

# A fifo would block an ordinary open for ever, and a link may lead anywhere.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

_PERMISSIONS = "it may not be read (permissions)"


def _nothing() -> IO[bytes]:
    raise IntakeError("this member has no content that is taken")


@dataclass(frozen=True)
class Member:
    """One file in a source. `size` and `packed` (compressed size, -1 where there is none) are claims, not facts.

    `refused` says why its content is not taken: a link, a device, a path that leads outside.
    """

    path: str
    size: int = 0
    mtime: float = 0.0
    open: Callable[[], IO[bytes]] = _nothing
    refused: str = ""
    packed: int = -1


@dataclass(frozen=True)
class Child:
    """One name at a level of a source."""

    name: str
    folder: bool


class Source(Protocol):
    """A tree of files: a folder or an archive."""

    def children(self, path: str) -> list[Child]:
        """The names in the folder at `path` ("" is the top), sorted, junk left out."""

    def under(self, path: str) -> Iterator[Member]:
        """The file at `path`, or every file below it, junk left out."""

    def close(self) -> None:
        """Let go of open files."""


def relative(path: str, folder: str) -> str:
    """`path` as seen from `folder`, which is "" or holds it."""
    return path[len(folder) + 1 :] if folder else path


class Folder:
    """A folder on disk. Links are never followed, special files never opened."""

    def __init__(self, root: Path, members: int, depth: int) -> None:
        """At most `members` files at most `depth` folders deep are listed for one submission."""
        self._root = root
        self._members = members
        self._depth = depth

    def _at(self, path: str) -> Path:
        return self._root / path

    def children(self, path: str) -> list[Child]:
        """See `Source`. A link counts as a file: it is listed, and refused when it is read."""
        with os.scandir(self._at(path)) as entries:
            found = [Child(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries if not is_junk(entry.name)]
        return sorted(found, key=lambda child: child.name)

    def under(self, path: str) -> Iterator[Member]:
        """See `Source`. Raises IntakeError where there are more files than anyone would hand in."""
        for count, member in enumerate(self._walk(path, 0)):
            if count == self._members:
                raise IntakeError(
                    f"The folder holds more than {self._members} files. Hand in the code only, without data and environments."
                )
            yield member

    def _walk(self, path: str, depth: int) -> Iterator[Member]:
        place = self._at(path)
        try:
            info = place.lstat()
            if not stat.S_ISDIR(info.st_mode):
                yield self._file(path, info)
                return
            names = sorted(inner.name for inner in place.iterdir())
        except OSError:
            yield Member(path, refused=_PERMISSIONS)
            return
        if depth and "pyvenv.cfg" in names:
            return
        # One level more than the limit, so that `refusal` can name what lies too deep.
        if depth > self._depth + 1:
            yield Member(path, refused=f"it lies more than {self._depth} folders deep")
            return
        for name in names:
            if not is_junk(name):
                yield from self._walk(f"{path}/{name}" if path else name, depth + 1)

    def _file(self, path: str, info: os.stat_result) -> Member:
        if stat.S_ISLNK(info.st_mode):
            return Member(path, mtime=info.st_mtime, refused="it is a link")
        if not stat.S_ISREG(info.st_mode):
            return Member(path, mtime=info.st_mtime, refused="it is not a plain file")
        return Member(path, info.st_size, info.st_mtime, lambda: _open_plain(self._at(path)))

    def close(self) -> None:
        """Nothing is kept open."""


def _open_plain(place: Path) -> IO[bytes]:
    """Open a plain file for reading. Raises IntakeError for anything else, also where it changed since it was listed."""
    try:
        descriptor = os.open(place, _OPEN_FLAGS)
    except PermissionError:
        raise IntakeError(_PERMISSIONS) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise IntakeError("it is not a plain file")
    return os.fdopen(descriptor, "rb")


class Listing:
    """An archive's members, indexed by path. `folders` also names the empty ones."""

    def __init__(self, members: Sequence[Member], folders: Sequence[str], close: Callable[[], None]) -> None:
        """Members and folders may come in any order; `close` lets go of the archive."""
        environments = {path[: -len("/pyvenv.cfg")] for member in members if (path := member.path).endswith("/pyvenv.cfg")}
        kept = [member for member in members if not _inside_junk(member.path, environments)]
        self._members = sorted(kept, key=lambda member: member.path)  # stable: of two with one path the later stays later
        self._paths = [member.path for member in self._members]
        self._folders = sorted(folder for folder in folders if not _inside_junk(folder, environments))
        self.close = close

    def children(self, path: str) -> list[Child]:
        """See `Source`."""
        head = f"{path}/" if path else ""
        found: dict[str, bool] = {}
        for known, is_folder in [(item, True) for item in self._folders] + [(item, False) for item in self._paths]:
            if known.startswith(head) and known != head:
                name, _, below = known[len(head) :].partition("/")
                found[name] = found.get(name, False) or is_folder or bool(below)
        return [Child(name, found[name]) for name in sorted(found) if name]

    def under(self, path: str) -> Iterator[Member]:
        """See `Source`."""
        if not path:
            yield from self._members
            return
        for index in range(bisect_left(self._paths, path), len(self._paths)):
            if self._paths[index] != path:
                break
            yield self._members[index]
        for index in range(bisect_left(self._paths, f"{path}/"), len(self._paths)):
            if not self._paths[index].startswith(f"{path}/"):
                break
            yield self._members[index]


def _inside_junk(path: str, environments: set[str]) -> bool:
    steps = path.split("/")
    if any(is_junk(step) for step in steps):
        return True
    return bool(environments) and any("/".join(steps[:n]) in environments for n in range(1, len(steps) + 1))
