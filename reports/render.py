"""Writes the reports of a class into a folder.

`gradebook.csv`, `class.html`, `feedback/<student>.html` and, for the links in them, `feedback/handout.<language>.html`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from graders.engine.records import ClassGrades, Grade

from . import i18n
from .class_page import page_of_rows
from .environment import page_name
from .feedback import student_page
from .files import write
from .gradebook import gradebook_csv
from .handout import handout_page
from .tables.grades import grade_row


def write_all(class_grades: ClassGrades, folder: Path, handouts: Mapping[str, Path], *, language: str = "en") -> Path:
    """Write every report and return the path of the class page.

    The class page comes last. One student's page is held at a time.

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
        write(feedback / f"handout.{code}.html", handout_page(source.read_text(encoding="utf-8"), language=code))
    linked = language if language in handouts else next(iter(handouts), "")
    handout = f"handout.{linked}.html" if linked else ""
    for grade in class_grades.grades:
        write(feedback / _file_name(grade), student_page(grade, class_grades, language=language, handout=handout))
    write(folder / "gradebook.csv", gradebook_csv(class_grades))
    rows = [grade_row(grade, class_grades) for grade in class_grades.grades]
    write(folder / "class.html", page_of_rows(rows, class_grades, language=language))
    return folder / "class.html"


def _file_name(grade: Grade) -> str:
    name = page_name(grade.student)
    if not grade.student or Path(name).name != name or "\0" in name:
        raise ValueError(f"student key {grade.student!r} cannot name a file; keys are made safe by the intake")
    return name
