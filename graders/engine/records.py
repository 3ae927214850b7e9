"""What the engine hands to the reports: plain frozen records, read from the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field

from graders.kit.assignment import Assignment, Question
from graders.kit.outcome import CheckResult, Outcome


@dataclass(frozen=True)
class RunInfo:
    """How a grading run was made. `isolation` is "sandbox", or "none" where student code ran unprotected."""

    started: str
    finished: str
    seed: int
    suite: str
    isolation: str
    versions: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    machine: str = ""


@dataclass(frozen=True)
class Grade:
    """One submission and what became of it.

    `student` is the key (unique in a class, safe as a file name), `name` what a person calls her, untrusted text. `problem` is
    the intake's message where the submission could not be read, and `notes` what the intake wants her to know (ignored files,
    a double upload). `fingerprint` is the hash of the files graded. `results` follow the order of `assignment.toml`.
    `before` is the total of the grade that this one replaced, where there was one.
    """

    student: str
    name: str
    fingerprint: str
    results: tuple[CheckResult, ...]
    files: tuple[str, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()
    graded_at: str = ""
    before: float | None = None

    @property
    def points(self) -> float:
        """Automatic points earned."""
        return round(sum(result.points for result in self.results), 6)

    @property
    def ungraded(self) -> tuple[CheckResult, ...]:
        """Checks that broke on our side and need a TA."""
        return tuple(result for result in self.results if result.outcome is Outcome.UNGRADED)

    def of(self, question: Question) -> tuple[CheckResult, ...]:
        """The results of one question's checks."""
        ids = {check.id for check in question.checks}
        return tuple(result for result in self.results if result.check in ids)


@dataclass(frozen=True)
class ClassGrades:
    """A whole class, sorted by student."""

    assignment: Assignment
    run: RunInfo
    grades: tuple[Grade, ...]
    public_checks: frozenset[str]
