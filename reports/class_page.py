"""The class page: for the TA. What needs a person comes first; it shows details that students never see."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from markupsafe import Markup

from graders.engine.records import ClassGrades
from graders.kit.outcome import Outcome

from .environment import TEMPLATES, render
from .tables.grades import NOT_RUN, CheckRow, GradeRow, grade_row
from .tables.summary import summarise

ORDER = (*map(str, Outcome), NOT_RUN)
"""Order in which verdicts are counted and drawn."""


def class_page(class_grades: ClassGrades, *, language: str = "en") -> str:
    """The class page as HTML, with links to `feedback/<student>.html` and `gradebook.csv` beside it.

    Raises:
        ValueError: where there are no reports in that language.
    """
    return page_of_rows([grade_row(grade, class_grades) for grade in class_grades.grades], class_grades, language=language)


def page_of_rows(rows: Sequence[GradeRow], class_grades: ClassGrades, *, language: str) -> str:
    """`class_page` from rows that were made already."""
    script = (TEMPLATES / "sort.js").read_text(encoding="utf-8")
    return render(
        "class.html.j2",
        language,
        summary=summarise(rows, class_grades),
        lost=[(row, checks) for row in rows if (checks := _with_detail(row))],
        noticed=[(row, checks) for row in rows if (checks := _with_notice(row))],
        assignment=class_grades.assignment,
        run=class_grades.run,
        order=ORDER,
        script=Markup(script),  # a file of ours
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _with_notice(row: GradeRow) -> tuple[CheckRow, ...]:
    """Checks that left a notice for the TA, or missed a cut-off narrowly."""
    found = [(check, check.result.finding) for check in row.checks if check.result]
    return tuple(check for check, finding in found if finding.notice or (finding.metric and finding.metric.near_miss))


def _with_detail(row: GradeRow) -> tuple[CheckRow, ...]:
    """Decided checks that left a detail; those of undecided ones stand at the head of the page."""
    return tuple(check for check in row.checks if check.result and check.result.finding.detail and check.decided)
