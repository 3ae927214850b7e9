"""A toy class, and the real command line run on it as a process of its own."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
COURSE = HOUSE / "tests" / "toy_course"
RIGHT = (COURSE / "reference" / "toy" / "sums.py").read_text(encoding="utf-8")


def command(*arguments: str | Path, course: Path = COURSE) -> list[str]:
    """The `sanjeh` command on the toy course."""
    return [sys.executable, "-m", "graders.cli", "--course", str(course), *map(str, arguments)]


def sanjeh(*arguments: str | Path, course: Path = COURSE, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `sanjeh` and return what it printed and its exit code."""
    return subprocess.run(
        command(*arguments, course=course),
        capture_output=True,
        text=True,
        timeout=1800,
        cwd=HOUSE,
        env={**os.environ, "COLUMNS": "160", **environment},
        check=False,
    )


def write_inbox(folder: Path, submissions: dict[str, str]) -> Path:
    """One folder per student with a `sums.py` of that text."""
    for name, text in submissions.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "sums.py").write_text(text, encoding="utf-8")
    return folder


def zipped(folder: Path, to: Path) -> Path:
    """The folder as a zip."""
    with zipfile.ZipFile(to, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return to


def gradebook(out: Path) -> dict[str, dict[str, str]]:
    """The rows of `gradebook.csv` by student name."""
    text = (out / "gradebook.csv").read_text(encoding="utf-8-sig")
    return {row["name"]: row for row in csv.DictReader(io.StringIO(text))}
