"""Names that came from outside: made fit to read, fit to be a key, and judged as paths.

Persian file names legitimately hold zero-width (non-)joiners, so those two stay; every other invisible or direction-changing
character goes, since it can make `mlp\u202eyp.exe` look like something else.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence

from .records import Limits

ARCHIVE_SUFFIXES = (
    ".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".tbz2", ".tbz", ".txz", ".tar", ".zip",
    ".rar", ".7z", ".gz", ".bz2", ".xz", ".zst", ".lz", ".cab",
)  # fmt: skip
CODE_SUFFIXES = (".py", ".ipynb")
JUNK_FOLDERS = frozenset({"__macosx", "__pycache__", "venv", "virtualenv", "site-packages", "node_modules"})
JUNK_FILES = frozenset({"thumbs.db", "desktop.ini"})
# Names that Windows keeps for devices: a key is also the name of a feedback page that a TA may copy there.
RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(1, 10))})

_JOINERS = "\u200c\u200d"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SHOWN_CHARS = 120
_COMPONENT_BYTES = 255  # NAME_MAX of Linux file systems
_SLUG_CHARS = 40


def suffix(name: str) -> str:
    """The suffix of a file name in lower case, `.tar.gz` and its like as one; "" where there is none."""
    lower = name.lower()
    for known in ARCHIVE_SUFFIXES:
        if lower.endswith(known) and len(lower) > len(known):
            return known
    match = re.search(r"(?<=.)\.[a-z0-9]{1,8}$", lower, re.DOTALL)
    return match[0] if match else ""


def stem(name: str) -> str:
    """The file name without its `suffix`."""
    return name[: len(name) - len(suffix(name))]


def is_code(path: str) -> bool:
    """Whether the path is a Python file or a notebook."""
    return path.lower().endswith(CODE_SUFFIXES)


def gradable(path: str, wanted: Sequence[str]) -> bool:
    """Whether the path is code, or of the kind of a wanted file (`answers.toml`)."""
    return is_code(path) or suffix(path) in {suffix(name) for name in wanted}


def by_notebook(wanted: Sequence[str]) -> bool:
    """Whether a notebook can stand in for the wanted files: where they are code."""
    return any(is_code(name) for name in wanted)


def is_archive(name: str) -> bool:
    """Whether the name claims an archive, of a kind that is opened here or not."""
    return suffix(name) in ARCHIVE_SUFFIXES


def is_junk(name: str) -> bool:
    """Whether a file or folder of that name is the computer's own: hidden, a cache, an environment."""
    return name.startswith(".") or name.lower() in JUNK_FOLDERS or name.lower() in JUNK_FILES


def _odd(char: str) -> bool:
    return unicodedata.category(char) in _INVISIBLE and char not in _JOINERS


def display(text: str) -> str:
    """Text as a person may read it: one line, composed (NFC), no control or direction characters, at most 120 characters."""
    spaced = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text))
    clean = "".join(char for char in spaced if not _odd(char)).strip()
    if not clean.strip(_JOINERS):
        return "unnamed"
    return clean if len(clean) <= _SHOWN_CHARS else clean[: _SHOWN_CHARS - 1] + "…"


def listed(names: Iterable[str], most: int = 5) -> str:
    """`a, b, c and 4 more`, each name made fit to read."""
    names = list(names)
    shown = ", ".join(display(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def digest(*texts: str) -> str:
    """Eight hexadecimal digits that tell texts apart."""
    sha = hashlib.sha256()
    for text in texts:
        encoded = text.encode("utf-8", "surrogatepass")
        sha.update(len(encoded).to_bytes(8, "big") + encoded)
    return sha.hexdigest()[:8]


def slug(text: str) -> str:
    """Lower-case ASCII letters and digits with single hyphens; "" where nothing is left."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:_SLUG_CHARS].strip("-")


def key(name: str, number: str = "") -> str:
    """A student's key: her slug, with the number that the LMS gave her or else, where the slug lost something, a short hash.

    It depends on nothing but its arguments, so that it is the same in every run whoever else hands in. Composed and decomposed
    (macOS) spellings are the same name.
    """
    name = unicodedata.normalize("NFC", name)
    short = slug(name)
    if number:
        return f"{short or 'student'}-{number}"
    if short == name and short not in RESERVED and not re.search(r"-(?:[0-9a-f]{8}|[0-9]+)$", short):
        return short
    return f"{short or 'student'}-{digest(name)}"


def split(raw: str) -> tuple[str, str]:
    """A path as an archive states it -> (a relative posix path that stays inside, why the original is not one or "")."""
    path = raw.replace("\\", "/")
    why = ""
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        why = "its path is absolute"
        path = re.sub(r"^(?:[A-Za-z]:)+", "", path)
    steps = [step for step in path.split("/") if step not in ("", ".")]
    if ".." in steps:
        why = "its path leads outside the archive"
        steps = [step for step in steps if step != ".."]
    return "/".join(steps), why


def refusal(path: str, limits: Limits) -> str:
    """Why a file at that path within a submission is not taken, or ""."""
    steps = path.split("/")
    if any(_odd(char) for char in path):
        return "its name holds invisible characters"
    if split(path) != (path, "") or not path:
        return "its path leads elsewhere"
    if len(path) > limits.path or any(len(step.encode()) > _COMPONENT_BYTES for step in steps):
        return f"its path is longer than {limits.path} characters"
    if len(steps) - 1 > limits.depth:
        return f"it lies more than {limits.depth} folders deep"
    return ""
