"""The gradebook: one row per student, for a spreadsheet.

Columns: `student`, `name`; per question its automatic points; `automatic total`, `automatic maximum`;
`rubric maximum (not graded)`, the points that a TA still gives by hand; `status` (`graded`, `needs TA`, `problem`); `notes`.
A question with an undecided check, and then the total too, is left **empty**: an import must not turn what we could not grade
into a zero.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from graders.engine.records import ClassGrades
from graders.kit.assignment import Assignment
from graders.kit.outcome import Outcome

from .tables.grades import GradeRow, grade_row
from .text import clip, csv_cell

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 as the local code page, and Persian names become noise."""


def columns(assignment: Assignment) -> list[str]:
    """The head of the table."""
    questions = [f"{question.id} ({_number(question.automatic_points)})" for question in assignment.questions]
    return [
        *("student", "name"),
        *questions,
        *("automatic total", "automatic maximum", "rubric maximum (not graded)", "status", "notes"),
    ]


def gradebook_csv(class_grades: ClassGrades) -> str:
    """The gradebook of a class as CSV text that begins with a byte order mark; write it as UTF-8 with newlines as they are."""
    text = io.StringIO(newline="")
    text.write(BYTE_ORDER_MARK)
    # RFC 4180 ends a line with CR LF, which is the csv module's default.
    writer = csv.writer(text)
    writer.writerow([csv_cell(name) for name in columns(class_grades.assignment)])
    for grade in class_grades.grades:
        writer.writerow(_cells(grade_row(grade, class_grades), class_grades.assignment))
    return text.getvalue()


def _cells(row: GradeRow, assignment: Assignment) -> Iterator[str]:
    yield csv_cell(row.grade.student)
    yield csv_cell(row.grade.name)
    for question in row.questions:
        yield "" if question.undecided else _number(question.points)
    yield "" if row.undecided else _number(row.points)
    yield _number(assignment.automatic_points)
    yield _number(assignment.rubric_points)
    yield row.status
    yield csv_cell(clip("; ".join(_notes(row)), 1000))


def _notes(row: GradeRow) -> Iterator[str]:
    if row.undecided:
        waiting = [check.spec.id for check in row.checks if check.verdict == Outcome.UNGRADED]
        yield f"{_number(row.points)} points so far, {_number(row.undecided)} undecided: {', '.join(waiting)}"
    if row.grade.problem:
        yield row.grade.problem
    if late := [check.spec.id for check in row.checks if check.verdict == Outcome.TIMEOUT]:
        yield f"out of time: {', '.join(late)}"
    if row.moved is not None:
        yield f"was {_number(row.grade.before or 0.0)} before"
    yield from row.grade.notes


def _number(value: float) -> str:
    """A plain number, never in exponent form: a spreadsheet must read it as one."""
    return f"{value:.4f}".rstrip("0").rstrip(".")
