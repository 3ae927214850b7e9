"""The feedback page of one student: one HTML file that needs no network and no scripts.

A hidden check shows its title, verdict and message. What was got and wanted, and the inputs, are shown for public checks only,
and `Finding.detail` never.
"""

from __future__ import annotations

from graders.engine.records import ClassGrades, Grade

from .environment import render
from .tables.grades import GradeRow, grade_row


def student_page(grade: Grade, class_grades: ClassGrades, *, language: str = "en", handout: str | None = None) -> str:
    """The page of `grade` as HTML.

    Args:
        grade: the submission, one of `class_grades.grades`.
        class_grades: its class: assignment, run and public checks.
        language: language of the page; the texts of the checks stay in theirs.
        handout: address of the handout's page, relative to this one; `handout.<language>.html` where None, no links where empty.

    Raises:
        ValueError: where there are no reports in that language.
    """
    row = grade_row(grade, class_grades)
    return render(
        "student.html.j2",
        language,
        grade=grade,
        row=row,
        explained=_first_shown(row),
        assignment=class_grades.assignment,
        run=class_grades.run,
        handout=f"handout.{language}.html" if handout is None else handout,
    )


def _first_shown(row: GradeRow) -> dict[str, str]:
    """Each known mistake and the first check that shows it: one mistake often fails several checks, and is explained once."""
    shown: dict[str, str] = {}
    for check in row.checks:
        if check.result and check.result.finding.mistake:
            shown.setdefault(check.result.finding.mistake, check.spec.id)
    return shown
