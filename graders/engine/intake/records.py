"""What the intake takes and gives: the limits, an entry (who, and where it lies), a submission (what was in it)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one submission may hold. Sizes are in bytes after unpacking, unless stated.

    `files` and `total` are of what is graded; `file` is the largest single file; `depth` counts folders, `path` characters;
    `ratio` is unpacked : packed, looked at from 1 MiB on; `members` is how much an archive or a folder may list at all, junk
    included; `upload` is the largest archive as it was uploaded, and the most that a compressed tar may unpack to.
    """

    files: int = 500
    total: int = 64 * MIB
    file: int = 32 * MIB
    depth: int = 12
    path: int = 240
    ratio: int = 200
    members: int = 20_000
    upload: int = 256 * MIB


@dataclass(frozen=True)
class Part:
    """A place in the inbox that belongs to a submission.

    `path` is relative to the inbox. `name` is what a single file is called within the submission; "" for a folder, whose content
    is the submission's.
    """

    path: str
    name: str = ""


@dataclass(frozen=True)
class Entry:
    """One submission as `scan` found it: who, and where it lies. Plain data, for worker processes.

    `student` is unique in the class, safe as a file name and the same in every run; `name` is untrusted text for people.
    """

    student: str
    name: str
    inbox: str
    parts: tuple[Part, ...]
    wanted: tuple[str, ...]
    limits: Limits = field(default_factory=Limits)
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A dictionary that `json.dumps` takes and `from_json` reads back, odd bytes in paths included."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Entry:
        """The inverse of `to_json`."""
        return cls(
            student=data["student"],
            name=data["name"],
            inbox=data["inbox"],
            parts=tuple(Part(**part) for part in data["parts"]),
            wanted=tuple(data["wanted"]),
            limits=Limits(**data["limits"]),
            notes=tuple(data["notes"]),
        )


@dataclass(frozen=True)
class Submission:
    """One submission as `read` took it.

    `files` maps relative posix paths to bytes and is empty where `problem` says why nothing could be graded. `fingerprint` is a
    SHA-256 over paths and contents, or over what lay there where there is a problem: it changes whenever the upload does.
    `notes` are for the student too. All text is untrusted: escape it where it is shown.
    """

    student: str
    name: str
    files: dict[str, bytes]
    fingerprint: str
    problem: str = ""
    notes: tuple[str, ...] = ()
