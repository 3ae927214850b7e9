"""Records -> rows: for each case, seeds and sampling apart; for each pair of cases, whether the difference is more than chance.

Pure: everything comes from the records, raw predictions included. Tables and pages only print these rows.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine import statistics
from benchmarks.engine.record import Key, Record
from benchmarks.engine.statistics import Difference, Interval, McNemar, Spread
from benchmarks.engine.store import Known, latest
from benchmarks.engine.words import word_errors


@dataclass(frozen=True)
class CaseRow:
    """One case: its main metric over seeds, and what the test set's size allows to say.

    Attributes:
        spread: over seeds. sampling: over test items (seeds averaged), None where the metric is not a mean over items.
        detectable: difference to a figure from other items that this test set would show; None likewise.
        failed: seeds that failed. problem: of the last failure, or why it was not run here.
        seconds: median training time of one run (wall clock of the run where no training was timed).
    """

    case: str
    size: str
    device: str
    spread: Spread | None
    sampling: Interval | None
    detectable: float | None
    items: int | None
    effective: float | None
    parameters: int | None
    seconds: float | None
    failed: int
    problem: str
    identities: tuple[str, ...]
    reported: tuple[str, ...]


@dataclass(frozen=True)
class PairRow:
    """Two cases on the same test items. `p` is that of t over groups, corrected for all pairs (Holm); `significant` is p < 0.05.

    McNemar's test is about the answers that more than half of the seeds give right. `detectable` is the difference that this test
    set would have shown for a pair that disagrees as often as this one, or, for word errors, whose interval is as wide.
    """

    first: str
    second: str
    difference: Difference
    mcnemar: McNemar
    p: float
    detectable: float
    significant: bool
    size: str
    device: str


def current(records: Iterable[Known], task: str, wanted: Iterable[str] | None = None) -> dict[Key, list[Known]]:
    """Give the records that count, by (case, size, device), seeds in order.

    `wanted` holds the identities of the task as it is now. Without it, what was run last counts: a case that was run with other settings,
    code or data before shows none of those runs, for a mean over both would be of neither. A machine that could not run it hides no number.
    """
    chosen = None if wanted is None else set(wanted)
    found: dict[Key, list[Known]] = {}
    for identity, record in latest(records).items():
        if record.task == task and (chosen is None or identity in chosen):
            found.setdefault(record.key, []).append(record)
    return {key: _last_version(known) for key, known in found.items()}


def _last_version(known: Sequence[Known]) -> list[Known]:
    """Keep one version of a case, the last that gave a number, or the last at all: of each seed its last record."""
    done = [record for record in known if record.status == "ok"] or [record for record in known if record.status == "failed"]
    version = (done or known)[-1].version
    seeds = {record.seed: record for record in known if record.version == version}
    return [seeds[seed] for seed in sorted(seeds)]


@dataclass(frozen=True, eq=False)
class Scored:
    """What every seed made of every test item.

    Attributes:
        values: (S, N) bool, right or wrong; or float64, errors of an utterance.
        weights: (N,) 1 each, or words of an utterance; the metric is the sum of values over the sum of weights.
        groups: (N,) the group of each item.
        items: hash of the test items.
        shares: whether values are right or wrong.
    """

    values: NDArray[np.bool_] | NDArray[np.float64]
    weights: NDArray[np.float64]
    groups: NDArray[np.int64]
    items: str
    shares: bool


def scored(records: Sequence[Record]) -> Scored | None:
    """Give right or wrong by item, or the word errors of transcripts.

    None where the metric is not one over items, or seeds had different test items.
    """
    done = [record for record in records if record.status == "ok" and record.predictions is not None and record.split is not None]
    kinds = {record.predictions.kind for record in done if record.predictions}
    if not done or done[0].metric.of != "items" or kinds not in ({"classes"}, {"texts"}):
        return None
    hashes = {record.split.items for record in done if record.split}
    if len(hashes) != 1:
        return None
    rows = [_item_scores(record) for record in done]
    values, groups = np.array([row[0] for row in rows]), rows[0][2]
    return Scored(values, rows[0][1], groups, hashes.pop(), kinds == {"classes"})


def _item_scores(record: Record) -> tuple[NDArray[Any], NDArray[np.float64], NDArray[np.int64]]:
    assert record.predictions is not None
    labels, predicted, groups = record.predictions.arrays()
    if record.predictions.kind == "texts":
        return *word_errors(labels, predicted, str(record.config.get("language", "fa"))), groups
    return labels == predicted, np.broadcast_to(1.0, len(labels)), groups


def cases(found: dict[Key, list[Record]]) -> list[CaseRow]:
    """Make the rows of cases, in the order of the records."""
    return [case_row(key, records, scored(records)) for key, records in found.items()]


def case_row(key: Key, records: Sequence[Record], scores: Scored | None) -> CaseRow:
    """Make the row of one case from its records and what `scored` makes of them."""
    done = [record for record in records if record.status == "ok" and record.value is not None]
    bad = [record for record in records if record.status != "ok"]
    values = [record.value for record in done if record.value is not None]
    sampling = detectable = effective = None
    if scores is not None:
        sampling = statistics.bootstrap(scores.values, scores.groups, scores.weights)
        if scores.shares:
            effective = statistics.effective_items(scores.values, scores.groups)
            detectable = statistics.detectable_difference(effective, sampling.value)
        else:
            detectable = statistics.detectable_by_interval(sampling)
    return CaseRow(
        *key,
        spread=statistics.seed_spread(values, bounds=_bounds(scores)) if values else None,
        sampling=sampling,
        detectable=detectable,
        items=None if scores is None else scores.values.shape[1],
        effective=effective,
        parameters=done[-1].parameters if done else None,
        seconds=training_seconds(done),
        failed=sum(record.status == "failed" for record in bad),
        problem=bad[-1].problem if bad else "",
        identities=tuple(record.identity for record in records),
        reported=records[-1].reported,
    )


def _bounds(scores: Scored | None) -> tuple[float, float]:
    """Between what a metric lies: shares in [0, 1], rates of errors from 0 on, others anywhere."""
    return (-math.inf, math.inf) if scores is None else (0.0, 1.0 if scores.shares else math.inf)


def training_seconds(records: Sequence[Record]) -> float | None:
    """Give the median training time of one run (wall clock of the run where no training was timed)."""
    return float(np.median([_training(record) for record in records])) if records else None


def _training(record: Record) -> float:
    timing = record.times.get("train")
    return timing.median_s / timing.runs if timing else record.seconds


def _same_seeds(first: NDArray[Any], second: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give as many seeds of both, (S, N) each; a case that no seed changes has one, which stands beside each of the other's."""
    seeds = min(len(first), len(second))
    if seeds == 1:
        first, second = np.broadcast_arrays(first, second)
        seeds = len(first)
    return first[:seeds].astype(float), second[:seeds].astype(float)


def _detectable(a: NDArray[np.float64], b: NDArray[np.float64], scores: Scored) -> float:
    """The difference that a pair of classifiers which disagree as often as these would have needed."""
    effective = statistics.effective_items(a.mean(axis=0) - b.mean(axis=0), scores.groups)
    return statistics.detectable_paired(effective, float(np.abs(a - b).mean()))


def pairs(found: Mapping[Key, Scored | None], with_case: str | None = None) -> list[PairRow]:
    """Compare all cases of one size and device that answered the same items, corrected for their number.

    With `with_case`, only the pairs that it is one of: many cases make very many pairs.
    """
    known = [(key, scores) for key, scores in found.items() if scores is not None]
    compared: list[tuple[Key, Key, Difference, McNemar, float]] = []
    for (one, first), (two, second) in itertools.combinations(known, 2):
        if one[1:] != two[1:] or first.items != second.items or (with_case and with_case not in (one[0], two[0])):
            continue
        a, b = _same_seeds(first.values, second.values)
        right = [side if first.shares else side == 0 for side in (a, b)]
        most = statistics.mcnemar(*(side.mean(axis=0) > 0.5 for side in right))
        difference = statistics.bootstrap_difference(a, b, first.groups, first.weights)
        detectable = _detectable(a, b, first) if first.shares else statistics.detectable_by_interval(difference)
        compared.append((one, two, difference, most, detectable))
    corrected = statistics.holm([difference.p for _, _, difference, _, _ in compared])
    return [
        PairRow(one[0], two[0], difference, most, p, detectable, p < 1 - statistics.LEVEL, one[1], one[2])
        for (one, two, difference, most, detectable), p in zip(compared, corrected, strict=True)
    ]
