"""Rows and summaries against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graders.engine.records import ClassGrades, Grade
from graders.kit.outcome import Finding, Outcome
from reports.tables.grades import NOT_RUN, grade_row
from reports.tables.summary import Summary, summarise

from .conftest import PUBLIC, make_assignment, make_run, perfect, result


def graded(*grades: Grade) -> tuple[Summary, ClassGrades]:
    class_grades = ClassGrades(make_assignment(), make_run(), grades, PUBLIC)
    return summarise([grade_row(grade, class_grades) for grade in grades], class_grades), class_grades


def with_shares(student: str, *shares: float, mistake: str = "", before: float | None = None) -> Grade:
    """A submission with these shares of the points of the checks, in order; a mistake is named wherever points are lost."""
    results = []
    for check, share in zip(make_assignment().checks(), shares, strict=True):
        outcome = Outcome.PASSED if share == 1.0 else Outcome.PARTIAL if share else Outcome.FAILED
        results.append(result(check, outcome, share, Finding(mistake=mistake if share < 1.0 else "")))
    return Grade(student, student, "", tuple(results), before=before)


def test_row_of_a_mixed_submission(class_grades: ClassGrades) -> None:
    row = grade_row(class_grades.grades[2], class_grades)
    assert (row.points, row.undecided, row.status) == (5.0, 8.0, "needs TA")
    assert [question.points for question in row.questions] == [2.0, 3.0]
    assert [question.undecided for question in row.questions] == [0.0, 8.0]
    assert list(row.verdicts.items()) == [("passed", 1), ("partial", 1), ("failed", 1), ("timeout", 1), ("ungraded", 1)]
    assert [check.public for check in row.checks] == [True, False, False, False, False]


def test_points_of_an_undecided_check_do_not_count(class_grades: ClassGrades) -> None:
    results = tuple(replace(item, outcome=Outcome.UNGRADED) for item in perfect(class_grades.assignment))
    row = grade_row(Grade("1", "n", "", results), class_grades)
    assert (row.points, row.undecided) == (0.0, 28.5)


def test_a_check_without_a_result_is_ours_unless_the_submission_is_unreadable(class_grades: ClassGrades) -> None:
    silent = grade_row(Grade("1", "n", "", ()), class_grades)
    unreadable = grade_row(Grade("2", "n", "", (), problem="empty"), class_grades)
    assert (silent.status, silent.undecided, silent.verdicts) == ("needs TA", 28.5, {"ungraded": 5})
    assert (unreadable.status, unreadable.undecided, unreadable.verdicts) == ("problem", 0.0, {NOT_RUN: 5})


@pytest.mark.parametrize(("before", "moved"), [(None, None), (28.5, None), (28.5 + 1e-9, None), (20.0, 8.5), (30.0, -1.5)])
def test_moved(before: float | None, moved: float | None) -> None:
    summary, _ = graded(with_shares("a", 1, 1, 1, 1, 1, before=before))
    assert summary.rows[0].moved == moved
    assert len(summary.moved) == (moved is not None)


def test_largest_move_comes_first() -> None:
    summary, _ = graded(
        *(with_shares(name, 1, 1, 1, 1, 1, before=before) for name, before in (("a", 28.0), ("b", 29.5), ("c", 8.0)))
    )
    assert [row.grade.student for row in summary.moved] == ["c", "b", "a"]


def test_spread_is_over_what_was_graded_in_full() -> None:
    summary, class_grades = graded(
        with_shares("a", 1, 1, 1, 1, 1),  # 28.5
        with_shares("b", 0, 0, 1, 0, 0),  # 3
        with_shares("c", 1, 0, 1, 0, 0),  # 9
        Grade("d", "d", "", (), problem="unreadable"),
        Grade("e", "e", "", perfect(make_assignment())[:2]),
    )
    assert (summary.mean, summary.median) == (13.5, 9.0)
    assert summary.histogram == (0, 1, 0, 1, 0, 0, 0, 0, 0, 1)  # 3 / 28.5 = 0.105, 9 / 28.5 = 0.316, full marks
    assert [row.grade.student for row in summary.undecided] == ["e"]
    assert [row.grade.student for row in summary.problems] == ["d"]
    assert len(class_grades.grades) == len(summary.rows) == 5


def test_an_edge_belongs_to_the_bar_above() -> None:
    # 28.5 * 0.1 * k is not a sum of floats that divides back exactly; the bar must not depend on that.
    summary, _ = graded(*(with_shares(str(k), *[k / 10] * 5) for k in range(1, 10)))
    assert summary.histogram == (0, 1, 1, 1, 1, 1, 1, 1, 1, 1)


def test_hardest_check_comes_first_and_unreadable_submissions_do_not_count() -> None:
    summary, _ = graded(
        with_shares("a", 1, 0.5, 1, 0, 1), with_shares("b", 1, 0.5, 1, 0.25, 0), Grade("c", "c", "", (), problem="unreadable")
    )
    assert [(item.spec.id, item.share) for item in summary.checks] == [
        ("q2.gradient", 0.125),
        ("q1.delta", 0.5),
        ("q2.train", 0.5),
        ("q1.mfcc", 1.0),
        ("q2.sigmoid", 1.0),
    ]
    assert summary.checks[0].verdicts == {"failed": 1, "partial": 1, NOT_RUN: 1}


def test_a_check_that_nobody_was_marked_on_comes_last() -> None:
    summary, _ = graded(Grade("a", "a", "", perfect(make_assignment())[1:]))
    assert [item.share for item in summary.checks] == [1.0, 1.0, 1.0, 1.0, None]
    assert summary.checks[-1].spec.id == "q1.mfcc"


def test_mistakes_count_submissions_and_the_commonest_comes_first() -> None:
    summary, _ = graded(
        with_shares("a", 0, 0, 1, 1, 1, mistake="rare"),
        with_shares("b", 1, 1, 1, 0, 0, mistake="usual"),
        with_shares("c", 1, 1, 1, 0, 1, mistake="usual"),
    )
    assert [(item.name, len(item.rows), item.checks) for item in summary.mistakes] == [
        ("usual", 2, ("q2.gradient", "q2.train")),
        ("rare", 1, ("q1.mfcc", "q1.delta")),
    ]


def test_timeouts_name_their_checks(class_grades: ClassGrades) -> None:
    summary = summarise([grade_row(grade, class_grades) for grade in class_grades.grades], class_grades)
    assert [(row.grade.student, [check.spec.id for check in checks]) for row, checks in summary.timeouts] == [
        ("400102", ["q2.train"])
    ]


def test_an_empty_class_has_no_mean(empty_class: ClassGrades) -> None:
    summary = summarise([], empty_class)
    assert (summary.mean, summary.median, summary.checks, summary.mistakes) == (None, None, (), ())
    assert summary.histogram == (0,) * 10
