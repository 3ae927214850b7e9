"""The inbox itself, opened: a folder, or one archive that stays open between the submissions which a process reads from it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path

from graders.kit.errors import InputError, IntakeError

from .archives import open_archive
from .names import is_archive
from .records import MIB, Limits
from .sources import Folder, Source

# A class is larger than a submission, and it is the TA's own file: these only keep a mistake from filling the machine.
_CLASS_MEMBERS = 400_000
_CLASS_BYTES = 16 * 1024 * MIB
_ANY_RATIO = 1 << 40  # five hundred copies of one starter pack very well


@dataclass
class _Shelf:
    """The archive opened last. Reading a compressed tar again for each of 500 submissions would cost 500 times the class."""

    key: tuple[str, int, int, int] | None = None
    source: Source | None = None


_shelf = _Shelf()


def open_inbox(inbox: Path, limits: Limits) -> Source:
    """The inbox as a source. Raises InputError where it is neither a folder nor an archive."""
    try:
        info = inbox.stat()
    except OSError as error:
        raise InputError(f"{inbox}: {error.strerror}. Give a folder of submissions, or one zip or tar of them.") from None
    if stat.S_ISDIR(info.st_mode):
        return Folder(inbox, limits.members, limits.depth)
    if not stat.S_ISREG(info.st_mode):
        raise InputError(f"{inbox} is neither a folder nor a file. Give a folder of submissions, or one zip or tar of them.")
    # The process is part of the key: after a fork two would move one file position.
    key = (str(inbox), info.st_mtime_ns, info.st_size, os.getpid())
    if _shelf.key != key or _shelf.source is None:
        if _shelf.source is not None:
            _shelf.source.close()
        _shelf.key, _shelf.source = None, None
        _shelf.source = _open_archive(inbox, limits)
        _shelf.key = key
    return _shelf.source


def _open_archive(inbox: Path, limits: Limits) -> Source:
    roomy = replace(limits, members=_CLASS_MEMBERS, upload=_CLASS_BYTES, ratio=_ANY_RATIO)
    try:
        source, _ = open_archive(inbox.open("rb"), inbox.name, roomy)
    except IntakeError as error:
        hint = "" if is_archive(inbox.name) else " INBOX is a folder of submissions, or one zip or tar of them."
        raise InputError(f"The inbox cannot be opened. {error}{hint}") from error
    except OSError as error:
        raise InputError(f"{inbox} cannot be read: {error.strerror}.") from error
    return source
