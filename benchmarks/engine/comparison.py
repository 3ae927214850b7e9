"""What changed between two sets of records: each case before and after, with an interval, and whether it is more than chance.

Where both runs answered the same test items, they are compared item by item (groups of items as a whole); else seed by seed, where
at least two seeds are in both; else there is a difference and no verdict. All p are corrected for the number of cases (Holm), those
aside in which every answer is the same: there is nothing in them that chance could have done (Tarone, 1990).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from benchmarks.engine import statistics, summary
from benchmarks.engine.record import Key, Metric, Record

Verdict = Literal["better", "worse", "no difference shown", "unchanged", "not comparable", "gone", "new"]
CHANCE = 1 - statistics.LEVEL


@dataclass(frozen=True)
class Change:
    """One case, before and after.

    Attributes:
        before, after, difference: means of the main metric and after minus before, None where a side has none.
        low, high: 95 % interval of the difference; p: that it is chance, corrected; None where nothing could be tested.
        by: "items", "seeds" or "": what was paired.
        faster: training seconds before / after; above 1 is faster, None where either is unknown. Machines must be alike to mean much.
        verdict: in the metric's own direction; "unchanged" where every answer, or every seed's number, is the same; "gone" where
            only the first side has a number, "new" where only the second has.
    """

    task: str
    case: str
    size: str
    device: str
    metric: Metric
    before: float | None
    after: float | None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    by: Literal["items", "seeds", ""] = ""
    faster: float | None = None
    verdict: Verdict = "not comparable"


def compare(before: Sequence[Record], after: Sequence[Record]) -> list[Change]:
    """Every case that has a number on either side, by task and case."""
    tasks = sorted({record.task for record in (*before, *after)})
    changes = [change for task in tasks for change in _task(task, before, after) if (change.before, change.after) != (None, None)]
    tested = [place for place, change in enumerate(changes) if change.p is not None]
    corrected = statistics.holm([changes[place].p or 0.0 for place in tested])
    for place, p in zip(tested, corrected, strict=True):
        changes[place] = replace(changes[place], p=p, verdict=_verdict(changes[place], p))
    return changes


def _task(task: str, before: Sequence[Record], after: Sequence[Record]) -> list[Change]:
    first, second = summary.current(before, task), summary.current(after, task)
    return [_change(task, key, first.get(key, []), second.get(key, [])) for key in dict.fromkeys((*first, *second))]


def _change(task: str, key: Key, first: Sequence[Record], second: Sequence[Record]) -> Change:
    metric = (second or first)[-1].metric
    one, two = (_values(records) for records in (first, second))
    before, after = (float(np.mean(list(side.values()))) if side else None for side in (one, two))
    change = Change(task, *key, metric, before, after)
    if before is None or after is None:
        gone = before is not None
        return replace(change, verdict="gone" if gone else "new")
    change = replace(change, difference=after - before, faster=_faster(first, second))
    return _tested_by_items(change, first, second) or _tested_by_seeds(change, one, two) or change


def _values(records: Sequence[Record]) -> dict[int, float]:
    """The main metric by seed, of the runs that have one."""
    return {
        record.seed: record.value
        for record in records
        if record.status == "ok" and record.value is not None and math.isfinite(record.value)
    }


def _tested_by_items(change: Change, first: Sequence[Record], second: Sequence[Record]) -> Change | None:
    one, two = summary.scored(first), summary.scored(second)
    if one is None or two is None or one.items != two.items or one.shares != two.shares:
        return None
    if np.array_equal(one.values, two.values):
        return replace(change, difference=0.0, by="items", verdict="unchanged")
    found = statistics.bootstrap_difference(two.values.mean(axis=0), one.values.mean(axis=0), two.groups, two.weights)
    return replace(change, difference=found.value, low=found.low, high=found.high, p=found.p, by="items")


def _tested_by_seeds(change: Change, one: dict[int, float], two: dict[int, float]) -> Change | None:
    shared = sorted(set(one) & set(two))
    if len(shared) < 2:
        return None
    if one == two:
        return replace(change, difference=0.0, by="seeds", verdict="unchanged")
    spread = statistics.seed_spread([two[seed] - one[seed] for seed in shared])
    assert spread.deviation is not None
    p = _student(spread.mean, spread.deviation, spread.seeds)
    return replace(change, difference=spread.mean, low=spread.low, high=spread.high, p=p, by="seeds")


def _student(mean: float, deviation: float, n: int) -> float:
    if deviation == 0:
        return 1.0 if mean == 0 else 0.0
    return statistics.two_sided(mean * math.sqrt(n) / deviation, n - 1)


def _faster(first: Sequence[Record], second: Sequence[Record]) -> float | None:
    before, after = (summary.training_seconds([one for one in side if one.status == "ok"]) for side in (first, second))
    return before / after if before and after else None


def _verdict(change: Change, p: float) -> Verdict:
    if p >= CHANCE or not change.difference:
        return "no difference shown"
    return "better" if (change.difference > 0) == change.metric.higher_is_better else "worse"


def worse(changes: Sequence[Change], tolerance: float | None = None) -> list[Change]:
    """What a gate should stop: cases that are worse beyond chance or gone, and, with a tolerance, whose mean fell by more than it."""

    def fell(change: Change) -> bool:
        if tolerance is None or change.difference is None:
            return False
        return (-change.difference if change.metric.higher_is_better else change.difference) > tolerance

    return [change for change in changes if change.verdict in ("worse", "gone") or fell(change)]
