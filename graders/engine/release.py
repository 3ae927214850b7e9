"""The student kit: an allow-list copy of `assignments/<slug>/` and `graders/kit/` as one zip.

What is not on the list stays home, so a new file in an assignment's folder is released only by its place and kind. The bytes
depend on the contents alone (sorted names, one fixed date, one mode, no compression): the same course gives the same file.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from graders.kit.assignment import Assignment, load
from graders.kit.errors import CourseError

KIT = Path(__file__).resolve().parents[1] / "kit"

# What may lie in the assignment's folder, as patterns from its root.
ALLOWED = (
    "assignment.toml",
    "formulas.toml",
    "handout.*.md",
    "starter/**/*.py",
    "starter/**/*.toml",
    "starter/**/*.ipynb",
    "starter/**/*.csv",
    "starter/**/*.json",
    "starter/**/*.txt",
    "starter/**/*.npz",
    "starter/**/*.npy",
    "starter/**/*.wav",
    "checks/test_*.py",
    "checkpoint/*",
)
ALLOWED_OF_KIT = ("**/*.py", "*.ini")
LEFT_OUT = frozenset({"__pycache__", "reference", "mistakes"})

# The oldest date that a zip can hold.
_DATE = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3

_README = """\
{title}

1. Read handout.en.md (English) or handout.fa.md (Persian).
2. Write your work into the files of starter/: {files}.
3. Check it as often as you like. You need Python 3.11 or newer, and once:

       python -m pip install {packages}

   Then, in the folder where this README.txt lies:

       python -m graders.kit starter

   It runs the public checks on your own computer, says what failed and why, and ends with exit code 0 when all of them passed,
   1 when one did not, and 2 when it could not run; `--question q2` checks one question alone. Your grade also counts checks that
   are not in this kit.
4. Hand in {files}{folders},
   as they are or in one .zip. Leave data and environments out.
"""


def release(assignment_folder: Path, out: Path) -> Path:
    """Write the student kit of an assignment to `out/<slug>.zip` and return that path. `out` is made where it is missing.

    Raises:
        CourseError: the assignment is wrong, lacks a part that students need, or holds a link.
    """
    assignment = load(assignment_folder)
    content = {path: file.read_bytes() for path, file in _listed(assignment_folder, ALLOWED)}
    for part, pattern in (("a handout", "handout.*.md"), ("a starter", "starter/*"), ("public checks", "checks/*")):
        if not any(PurePosixPath(path).match(pattern) for path in content):
            raise CourseError(f"{assignment_folder} has no {pattern}: a student kit needs {part}; write it, then release again")
    content |= {f"graders/kit/{path}": file.read_bytes() for path, file in _listed(KIT, ALLOWED_OF_KIT)}
    content["graders/__init__.py"] = b""
    content["README.txt"] = _readme(assignment).encode()
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"{assignment.slug}.zip"
    # Written beside and moved, so that nobody ever uploads half a kit.
    draft = target.with_suffix(".zip.part")
    with zipfile.ZipFile(draft, "w") as archive:
        for path, data in sorted(content.items()):
            archive.writestr(_member(path), data)
    draft.replace(target)
    return target


def _listed(folder: Path, allowed: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    """The released files of a folder, as (posix path within it, file).

    Raises:
        CourseError: there is a link anywhere in the folder; it could lead to what must stay home.
    """
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder)
        if file.is_symlink():
            raise CourseError(f"{file} is a link; a student kit holds plain files only: put the file itself there")
        hidden = any(step.startswith(".") or step in LEFT_OUT for step in path.parts)
        if file.is_file() and not hidden and any(_matches(path.as_posix(), pattern) for pattern in allowed):
            yield path.as_posix(), file


def _matches(path: str, pattern: str) -> bool:
    """Whether a pattern fits the whole path; `**/` stands for any number of folders, none included."""
    head, deep, tail = pattern.partition("**/")
    if deep:
        return path.startswith(head) and PurePosixPath(path).match(tail)
    return path.count("/") == pattern.count("/") and PurePosixPath(path).match(pattern)


def _member(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, _DATE)
    info.create_system = _UNIX
    info.external_attr = _PLAIN_FILE
    return info


def _readme(assignment: Assignment) -> str:
    packages = dict.fromkeys(["pytest", "numpy", *assignment.packages])
    folders = dict.fromkeys(name for question in assignment.questions for name in question.files if name.endswith("/"))
    return _README.format(
        title=assignment.title["en"],
        files=", ".join(assignment.files),
        folders=f", and what you trained ({', '.join(folders)})" if folders else "",
        packages=" ".join(packages),
    )
