"""The first, cheap step: who handed in, and where it lies. File contents are not read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from graders.kit.errors import InputError, IntakeError

from .inbox import open_inbox
from .layouts import Claim, claim, of_platform
from .names import digest, display, gradable, is_archive, key, listed, stem, suffix
from .records import Entry, Limits, Part
from .sources import Child, Source

_PEEK = 2000  # files looked at to learn whether a folder holds a submission, or when it was last changed
_WRAPPERS = 3  # folders around a whole class that are looked through

_Upload = tuple[Claim, Part]


def scan(inbox: Path, wanted: Sequence[str], limits: Limits | None = None) -> tuple[Entry, ...]:
    """Every submission in an inbox, sorted by key. `wanted` are the assignment's file names.

    Raises:
        InputError: the inbox is missing, empty, no folder and no archive, or holds no submission.
    """
    limits = limits or Limits()
    place = Path(inbox)
    if place.is_file() and gradable(place.name, wanted):
        place, only = place.parent.absolute(), [Child(place.name, False)]
        return _entries(open_inbox(place, limits), place, "", only, tuple(wanted), limits)
    place = place.absolute()
    source = open_inbox(place, limits)
    try:
        lone, level = _level(source, wanted)
        children = source.children(level)
    except OSError as error:
        raise InputError(f"{inbox} cannot be read: {error.strerror}.") from error
    if lone:
        name = place.name if place.is_dir() else stem(place.name)
        note = f"INBOX holds {listed(wanted)} directly, so all of it was graded as one submission."
        return (Entry(key(name), display(name), str(place), (Part(""),), tuple(wanted), limits, (note,)),)
    entries = _entries(source, place, level, children, tuple(wanted), limits)
    if not entries:
        raise InputError(
            f"{inbox} holds no submission. Wanted: one folder, archive, notebook or .py file per student, or what Moodle's "
            "'Download all submissions' gives."
        )
    return entries


# Where the class begins


def _level(source: Source, wanted: Sequence[str]) -> tuple[bool, str]:
    """(whether all of it is one submission, else the folder whose children are the submissions)."""
    children = source.children("")
    names = {child.name.casefold() for child in children if not child.folder}
    held = [name for name in wanted if name.casefold() in names]
    if not held or any(of_platform(child) for child in children):
        return False, _class_folder(source, "", wanted, _WRAPPERS) or ""
    return len(held) == len(wanted) or len(_rivals(source, "", children, wanted)) < 2, ""


def _class_folder(source: Source, path: str, wanted: Sequence[str], wrappers: int) -> str | None:
    children = source.children(path)
    if any(of_platform(child) for child in children) or len(_rivals(source, path, children, wanted)) >= 2:
        return path
    if len(children) == 1 and children[0].folder and wrappers:
        return _class_folder(source, _join(path, children[0].name), wanted, wrappers - 1)
    return None


def _rivals(source: Source, path: str, children: list[Child], wanted: Sequence[str]) -> list[Child]:
    """The first two children that could each be a submission, judged so that one submission's own parts are not."""
    names = {name.casefold() for name in wanted}
    own = any(child.name.casefold() in names for child in children if not child.folder)

    def could_be(child: Child) -> bool:
        if not child.folder:
            return is_archive(child.name) or (gradable(child.name, wanted) and not own)
        try:
            inside = islice(source.under(_join(path, child.name)), _PEEK)
            files = [member.path.rpartition("/")[2].casefold() for member in inside]
        except (IntakeError, OSError):
            return False
        return any(file in names or file.endswith(".ipynb") or is_archive(file) for file in files)

    return list(islice((child for child in children if could_be(child)), 2))


def _join(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


# Whose is what


def _entries(
    source: Source, place: Path, level: str, children: list[Child], wanted: tuple[str, ...], limits: Limits
) -> tuple[Entry, ...]:
    groups: dict[str, list[_Upload]] = {}
    for child in children:
        found = claim(child)
        if found:
            part = Part(_join(level, child.name), "" if child.folder else _file_name(found, wanted))
            groups.setdefault(found.identity, []).append((found, part))
    _join_browser_copies(groups)
    entries = [_entry(source, place, uploads, wanted, limits) for uploads in groups.values()]
    keys = [entry.student for entry in entries]
    unique = [
        entry if keys.count(entry.student) == 1 else _with_key(entry, f"{entry.student}-{digest(identity)}")
        for identity, entry in zip(groups, entries, strict=True)
    ]
    return tuple(sorted(unique, key=lambda entry: entry.student))


def _with_key(entry: Entry, student: str) -> Entry:
    return Entry(student, entry.name, entry.inbox, entry.parts, entry.wanted, entry.limits, entry.notes)


def _file_name(found: Claim, wanted: tuple[str, ...]) -> str:
    """A bare `Sara Ahmadi.py` carries its student's name; where one file is wanted, it is that file."""
    if found.whole and len(wanted) == 1 and suffix(found.file) == suffix(wanted[0]):
        return wanted[0]
    return found.file


def _join_browser_copies(groups: dict[str, list[_Upload]]) -> None:
    """`Sara (1).zip` beside `Sara.zip` is a browser's second download, so both are Sara's. Alone it keeps its name."""
    for identity in list(groups):
        base = re.sub(r" \([0-9]{1,3}\)$", "", identity)
        if base != identity and base in groups and all(found.file for found, _ in groups[identity]):
            groups[base] += groups.pop(identity)


def _entry(source: Source, place: Path, uploads: list[_Upload], wanted: tuple[str, ...], limits: Limits) -> Entry:
    who = uploads[0][0]
    notes = [found.note for found, _ in uploads if found.note]
    if who.whole and len(uploads) > 1:
        best = max(uploads, key=lambda upload: (upload[0].likely, _changed(source, upload[1].path), upload[1].path))
        others = [part.path.rpartition("/")[2] for _, part in uploads if part is not best[1]]
        newest = display(best[1].path.rpartition("/")[2])
        notes.append(f"There are {len(uploads)} uploads under this name. Graded: {newest}. Left aside: {listed(others)}.")
        uploads = [best]
    parts = tuple(part for found, part in uploads if not found.ignored)
    return Entry(key(who.name, who.number), display(who.name), str(place), parts, wanted, limits, tuple(dict.fromkeys(notes)))


def _changed(source: Source, path: str) -> float:
    """When the upload was last changed, in seconds since 1970."""
    try:
        return max((member.mtime for member in islice(source.under(path), _PEEK)), default=0.0)
    except (IntakeError, OSError):
        return 0.0
