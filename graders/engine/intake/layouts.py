"""How learning platforms name what they hand out. A layout is one small function: a name in an inbox -> whose it is.

`LAYOUTS` are tried in order; `plain` takes what no platform claims. A newcomer is a function in there, and no edit elsewhere.

    Moodle   `Full Name_<id>_assignsubmission_file/`, with or without a last underscore, and flat `..._file_<filename>`
    Canvas   `lastnamefirstname_[LATE_]<user>_<submission>_<filename>`, resubmitted files as `<filename>-1.py`
    plain    `Sara Ahmadi/`, `Sara Ahmadi.zip`, `Sara Ahmadi.ipynb`; also Gradescope's `submission_123/`
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .names import is_archive, is_code, stem, suffix
from .sources import Child

# What platforms and TAs put beside the submissions.
CLASS_PAPERS = frozenset({".csv", ".yml", ".yaml", ".xlsx", ".log"})


@dataclass(frozen=True)
class Claim:
    """What a layout reads from a name. All of it is untrusted text.

    Claims with the same `identity` are one student's. With `whole` each is an upload of its own, and the newest is taken;
    without it they are the parts of one upload. `file` is the name within the submission, "" for a folder. `likely` uploads win
    over others of the same student. `note` is for the student; with `ignored` the item itself is not looked at.
    """

    identity: str
    name: str
    number: str = ""
    file: str = ""
    whole: bool = False
    likely: bool = True
    ignored: bool = False
    note: str = ""


Layout = Callable[[Child], Claim | None]

_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>[0-9]{1,20})_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL)
_CANVAS = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<user>[0-9]{1,20})_(?P<id>[0-9]{1,20})_(?P<file>.+)", re.DOTALL)


def moodle(child: Child) -> Claim | None:
    """Moodle's bulk download. The first match in the name counts: a student chooses her file's name, not what precedes it."""
    match = _MOODLE.fullmatch(child.name)
    if not match:
        return None
    name, number, plugin = match["name"], match["id"], match["plugin"]
    claim = Claim(f"moodle {number} {name}", name, number, "" if child.folder else match["file"] or child.name)
    if plugin != "file":
        what = "text typed into Moodle's page" if plugin == "onlinetext" else f"what Moodle calls {plugin}"
        return Claim(claim.identity, name, number, claim.file, ignored=True, note=f"Not graded: {what}. Files are.")
    return claim


def canvas(child: Child) -> Claim | None:
    """Canvas' bulk download: one flat file each. The number that a second attempt puts behind the file's name is taken off."""
    match = None if child.folder else _CANVAS.fullmatch(child.name)
    if not match:
        return None
    file = re.sub(r"-[0-9]{1,3}(?=\.[^.]+$)", "", match["file"])
    note = "Canvas marks this upload as late." if match["late"] else ""
    return Claim(f"canvas {match['user']} {match['name']}", match["name"], match["user"], file, note=note)


def plain(child: Child) -> Claim | None:
    """Anything else: a folder, an archive, a notebook or a `.py` file, named after its student."""
    if child.folder:
        return Claim(f"plain {child.name}", child.name, whole=True)
    if suffix(child.name) in CLASS_PAPERS:
        return None
    name = stem(child.name)
    return Claim(f"plain {name}", name, file=child.name, whole=True, likely=is_code(child.name) or is_archive(child.name))


PLATFORMS: tuple[Layout, ...] = (moodle, canvas)
LAYOUTS: tuple[Layout, ...] = (*PLATFORMS, plain)


def claim(child: Child) -> Claim | None:
    """Whose it is, by the first layout that knows; None where it is no submission at all."""
    return next((found for layout in LAYOUTS if (found := layout(child))), None)


def of_platform(child: Child) -> bool:
    """Whether a learning platform made this name."""
    return any(layout(child) for layout in PLATFORMS)
