"""A class in numbers: spread of the totals, hardest checks, commonest mistakes, and what a person has to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from graders.engine.records import ClassGrades
from graders.kit.assignment import CheckSpec
from graders.kit.outcome import Outcome

from .grades import CheckRow, GradeRow

BINS = 10
"""Bars of the histogram, each a tenth of the automatic points; the last one holds full marks too."""


@dataclass(frozen=True)
class CheckStatistics:
    """How a class did on one check. `share` is the mean share of its points over the submissions where it ran and is decided."""

    spec: CheckSpec
    public: bool
    verdicts: dict[str, int]
    share: float | None


@dataclass(frozen=True)
class MistakeCount:
    """A known mistake and the submissions in which it was recognised, with the checks that showed it."""

    name: str
    rows: tuple[GradeRow, ...]
    checks: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """What the class page says of the class. `mean`, `median` and `histogram` are over `graded`: those graded in full."""

    rows: tuple[GradeRow, ...]
    graded: tuple[GradeRow, ...]
    mean: float | None
    median: float | None
    histogram: tuple[int, ...]
    checks: tuple[CheckStatistics, ...]
    mistakes: tuple[MistakeCount, ...]

    @property
    def undecided(self) -> tuple[GradeRow, ...]:
        """Submissions in which something is undecided."""
        return tuple(row for row in self.rows if row.undecided)

    @property
    def problems(self) -> tuple[GradeRow, ...]:
        """Submissions that could not be read."""
        return tuple(row for row in self.rows if row.grade.problem)

    @property
    def timeouts(self) -> tuple[tuple[GradeRow, tuple[CheckRow, ...]], ...]:
        """Submissions with the checks that ran out of time."""
        found = ((row, tuple(c for c in row.checks if c.verdict == Outcome.TIMEOUT)) for row in self.rows)
        return tuple((row, checks) for row, checks in found if checks)

    @property
    def moved(self) -> tuple[GradeRow, ...]:
        """Submissions whose total changed when they were graded again, the largest change first."""
        return tuple(sorted((row for row in self.rows if row.moved is not None), key=lambda row: -abs(row.moved or 0.0)))


def summarise(rows: Sequence[GradeRow], class_grades: ClassGrades) -> Summary:
    """The summary of a class; an empty class has one too, with None where a number would need somebody."""
    graded = tuple(row for row in rows if row.status == "graded")
    totals = [row.points for row in graded]
    return Summary(
        rows=tuple(rows),
        graded=graded,
        mean=fmean(totals) if totals else None,
        median=median(totals) if totals else None,
        histogram=_histogram(totals, class_grades.assignment.automatic_points),
        checks=_check_statistics(rows),
        mistakes=_mistakes(rows),
    )


def _histogram(totals: list[float], maximum: float) -> tuple[int, ...]:
    bins = [0] * BINS
    for total in totals:
        share = total / maximum if maximum else 0.0
        # 1e-9: 0.3 of the points must land in the fourth bar although 0.3 * 10 may come out as 2.999...
        bins[min(BINS - 1, max(0, int(share * BINS + 1e-9)))] += 1
    return tuple(bins)


def _check_statistics(rows: Sequence[GradeRow]) -> tuple[CheckStatistics, ...]:
    """Hardest first; checks that nobody was marked on come last."""
    columns: dict[str, list[CheckRow]] = {}
    for row in rows:
        for check in row.checks:
            columns.setdefault(check.spec.id, []).append(check)
    statistics = []
    for column in columns.values():
        shares = [check.points / check.spec.points for check in column if check.result and check.decided]
        verdicts = dict(Counter(check.verdict for check in column))
        statistics.append(CheckStatistics(column[0].spec, column[0].public, verdicts, fmean(shares) if shares else None))
    return tuple(sorted(statistics, key=lambda item: 2.0 if item.share is None else item.share))


def _mistakes(rows: Sequence[GradeRow]) -> tuple[MistakeCount, ...]:
    """Commonest first; a submission counts once for a mistake however many checks show it."""
    who: dict[str, dict[str, GradeRow]] = {}
    where: dict[str, dict[str, None]] = {}
    for row in rows:
        for check in row.checks:
            if check.result and (name := check.result.finding.mistake):
                who.setdefault(name, {})[row.grade.student] = row
                where.setdefault(name, {})[check.spec.id] = None
    counts = [MistakeCount(name, tuple(who[name].values()), tuple(where[name])) for name in who]
    return tuple(sorted(counts, key=lambda item: (-len(item.rows), item.name)))
