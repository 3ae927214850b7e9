"""The main metric once more, from raw predictions alone: what a record says is held against what its answers say.

    for score in rescored(records): print(score.case, score.stored, score.again)

No model, no data set and no device is needed. Records whose metric is a number per run (a ratio, a distance) cannot be scored again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchmarks.engine.record import Record
from benchmarks.engine.summary import scored

TOLERANCE = 1e-6
"""Numbers may differ by rounding, not by an answer: one of a million test items would show."""


@dataclass(frozen=True)
class Score:
    """One record's main metric as it stands there, and as its answers give it; `again` is None where they are damaged."""

    record: Record
    stored: float
    again: float | None
    problem: str = ""

    @property
    def agrees(self) -> bool:
        """Tell whether both are the same."""
        return self.again is not None and abs(self.again - self.stored) <= TOLERANCE


def rescored(records: Iterable[Record]) -> Iterator[Score]:
    """Score every finished record whose metric is one over test items; the others are passed over."""
    for record in records:
        if record.status != "ok" or record.value is None or record.metric.of != "items":
            continue
        try:
            scores = scored([record])
        except ValueError as error:  # packed answers that cannot be unpacked
            yield Score(record, record.value, None, str(error))
            continue
        if scores is not None:
            yield Score(record, record.value, float(scores.values[0].sum() / scores.weights.sum()))
