"""How a check ends: the record that the session writes, the ledger keeps and every report reads."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """The five ends of a check. The first four are the student's; `UNGRADED` is ours and has no points."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    TIMEOUT = "timeout"
    UNGRADED = "ungraded"


@dataclass(frozen=True)
class Metric:
    """A measured score. [`low`, `high`] is its 95 % interval; `probability` that a like test would reach `cutoff`."""

    name: str
    value: float
    low: float
    high: float
    cutoff: float
    probability: float

    @property
    def near_miss(self) -> bool:
        """Whether the cut-off was missed by less than the test can tell."""
        return self.value < self.cutoff <= self.high


@dataclass(frozen=True)
class Finding:
    """Why a check ended as it did. All text is plain text and untrusted: escape it where it is shown.

    `message` is safe to show to the student always. `difference` (the same in full), `got`, `wanted` and `inputs` are shown for
    public checks only, `detail` to the TA only (and in the student's own run). `mistake` names the known mistake whose answer
    equals the student's; `lesson` is what that mistake's file teaches. `notice` is for the TA: something to look into that
    changes no points. `metric` is the score that points were given for.
    """

    message: str = ""
    difference: str = ""
    got: str = ""
    wanted: str = ""
    inputs: str = ""
    detail: str = ""
    mistake: str = ""
    lesson: str = ""
    notice: str = ""
    metric: Metric | None = None

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Finding:
        """The inverse of `asdict`."""
        metric = data.get("metric")
        return cls(**{**data, "metric": Metric(**metric) if metric else None})


@dataclass(frozen=True)
class CheckResult:
    """One check of one submission. `points` lies in [0, max_points]; it is 0 and does not count where `UNGRADED`."""

    check: str
    outcome: Outcome
    points: float
    max_points: float
    finding: Finding = field(default_factory=Finding)
    seconds: float = 0.0
    attempts: int = 1

    def to_json(self) -> dict[str, Any]:
        """A dictionary that `json.dumps` takes and `from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> CheckResult:
        """The inverse of `to_json`."""
        return cls(**{**data, "outcome": Outcome(data["outcome"]), "finding": Finding.from_json(data["finding"])})
