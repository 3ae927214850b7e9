"""One submission's grade as the rows that its page, the class page and the gradebook show.

A check that has no points yet is *undecided*: it ended `ungraded`, or a readable submission has no result for it. Undecided
points are counted apart from lost ones everywhere.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from graders.engine.records import ClassGrades, Grade
from graders.kit.assignment import CheckSpec, Question
from graders.kit.outcome import CheckResult, Outcome

NOT_RUN = "not-run"
"""The verdict of a check that never ran because the submission could not be read."""


@dataclass(frozen=True)
class CheckRow:
    """One check. `verdict` is an `Outcome` value or `NOT_RUN`; `public` says that its inputs may be shown."""

    spec: CheckSpec
    result: CheckResult | None
    verdict: str
    public: bool

    @property
    def points(self) -> float:
        """Points earned; 0 where undecided."""
        return self.result.points if self.result and self.decided else 0.0

    @property
    def decided(self) -> bool:
        """Whether the points of this check are known."""
        return self.verdict != Outcome.UNGRADED


@dataclass(frozen=True)
class QuestionRow:
    """One question of one submission."""

    question: Question
    checks: tuple[CheckRow, ...]

    @property
    def points(self) -> float:
        """Automatic points earned so far."""
        return round(sum(check.points for check in self.checks), 6)

    @property
    def undecided(self) -> float:
        """Automatic points that nobody knows yet."""
        return sum(check.spec.points for check in self.checks if not check.decided)


@dataclass(frozen=True)
class GradeRow:
    """One submission."""

    grade: Grade
    questions: tuple[QuestionRow, ...]

    @property
    def checks(self) -> tuple[CheckRow, ...]:
        """Every check, in the order of the assignment."""
        return tuple(check for question in self.questions for check in question.checks)

    @property
    def points(self) -> float:
        """Automatic points earned so far."""
        return round(sum(question.points for question in self.questions), 6)

    @property
    def undecided(self) -> float:
        """Automatic points that nobody knows yet."""
        return sum(question.undecided for question in self.questions)

    @property
    def verdicts(self) -> dict[str, int]:
        """How many checks ended in which way; ways that do not occur are left out."""
        found = Counter(check.verdict for check in self.checks)
        return {verdict: found[verdict] for verdict in (*map(str, Outcome), NOT_RUN) if found[verdict]}

    @property
    def status(self) -> str:
        """`needs TA` (something is undecided), `problem` (the submission could not be read) or `graded`."""
        if self.undecided:
            return "needs TA"
        return "problem" if self.grade.problem else "graded"

    @property
    def moved(self) -> float | None:
        """Points gained since the grade that this one replaced; None where there was none or it is the same."""
        before = self.grade.before
        return None if before is None or abs(self.points - before) < 1e-6 else self.points - before


def grade_row(grade: Grade, class_grades: ClassGrades) -> GradeRow:
    """The rows of one submission, a row for every check of the assignment."""
    results = {result.check: result for result in grade.results}
    return GradeRow(
        grade,
        tuple(
            QuestionRow(question, tuple(_check_row(spec, results.get(spec.id), grade, class_grades) for spec in question.checks))
            for question in class_grades.assignment.questions
        ),
    )


def _check_row(spec: CheckSpec, result: CheckResult | None, grade: Grade, class_grades: ClassGrades) -> CheckRow:
    missing = NOT_RUN if grade.problem else str(Outcome.UNGRADED)
    verdict = str(result.outcome) if result else missing
    return CheckRow(spec, result, verdict, spec.id in class_grades.public_checks)
