"""Writes the reports of a class into a folder.

`gradebook.csv`, `class.html`, `feedback/<student>.html` and, for the links in them, `feedback/handout.<language>.html`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from graders.engine.records import ClassGrades, Grade

from . import i18n
from .class_page import page_of_rows
from .environment import page_name
from .feedback import student_page
from .gradebook import gradebook_csv
from .handout import handout_page
from .tables.grades import grade_row


def write_all(class_grades: ClassGrades, folder: Path, handouts: Mapping[str, Path], *, language: str = "en") -> Path:
    """Write every report and return the path of the class page.

    Each file is written beside its place and moved there, so that neither a reader nor a kill meets half a file; the class page
    comes last. One student's page is held at a time.

    Args:
        class_grades: the class, sorted by student.
        folder: where to write; made where it does not exist.
        handouts: language to the Markdown file of the handout in it. Students' pages link to the one in `language`, or else to
            the first.
        language: language of the pages, a key of `i18n.LANGUAGES`.

    Raises:
        ValueError: on a language that has no reports, or on a student key that is not the name of one file.
    """
    i18n.direction(language)
    feedback = folder / "feedback"
    feedback.mkdir(parents=True, exist_ok=True)
    for code, source in handouts.items():
        _write(feedback / f"handout.{code}.html", handout_page(source.read_text(encoding="utf-8"), language=code))
    linked = language if language in handouts else next(iter(handouts), "")
    handout = f"handout.{linked}.html" if linked else ""
    for grade in class_grades.grades:
        _write(feedback / _file_name(grade), student_page(grade, class_grades, language=language, handout=handout))
    _write(folder / "gradebook.csv", gradebook_csv(class_grades))
    rows = [grade_row(grade, class_grades) for grade in class_grades.grades]
    _write(folder / "class.html", page_of_rows(rows, class_grades, language=language))
    return folder / "class.html"


def _file_name(grade: Grade) -> str:
    name = page_name(grade.student)
    if not grade.student or Path(name).name != name or "\0" in name:
        raise ValueError(f"student key {grade.student!r} cannot name a file; keys are made safe by the intake")
    return name


def _write(path: Path, content: str) -> None:
    """Put the text at `path` in one step."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
