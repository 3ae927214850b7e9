"""What is to be run: cases times seeds, less what is recorded, ordered so that cases stay even, cut to a budget of minutes.

A run's cost is the median of what the same case has cost here before; else the task's estimate, times how far this machine has been
from the estimates so far.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.engine.record import Record
from benchmarks.engine.task import Case, Setting, Task


@dataclass(frozen=True)
class Unit:
    """What is run in one go: a case with one seed, or with all its missing seeds where the task trains them together."""

    case: Case
    settings: tuple[Setting, ...]
    identities: tuple[str, ...]
    cost: float

    @property
    def label(self) -> str:
        """Name it for a line of progress."""
        seeds = [setting.seed for setting in self.settings]
        return f"{self.case.name}, " + (f"seed {seeds[0]}" if len(seeds) == 1 else f"{len(seeds)} seeds")


@dataclass(frozen=True)
class Plan:
    """What will be run, what was found finished, and what does not fit into the budget."""

    units: tuple[Unit, ...]
    finished: int = 0
    left_out: tuple[Unit, ...] = ()

    @property
    def seconds(self) -> float:
        """Give the estimated cost of what will be run."""
        return sum(unit.cost for unit in self.units)


class Costs:
    """Estimates seconds, and learns from every run."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        """Learn from earlier records."""
        self._seen: dict[tuple[str, str, str, str], list[float]] = {}
        self._ratios: list[float] = []
        for record in records:
            if record.status == "ok" and record.device is not None:
                self._seen.setdefault((record.task, record.case, record.size, record.device.kind), []).append(record.seconds)

    def of(self, task: Task, case: Case, settings: Sequence[Setting]) -> float:
        """Estimate the seconds of one unit."""
        setting = settings[0]
        seen = self._seen.get((task.name, case.name, setting.size, setting.device))
        once = statistics.median(seen) if seen else case.seconds * (statistics.median(self._ratios) if self._ratios else 1.0)
        return once * len(settings)

    def learn(self, task: Task, unit: Unit, seconds: float) -> None:
        """Remember what a unit has cost."""
        setting, once = unit.settings[0], seconds / len(unit.settings)
        self._seen.setdefault((task.name, unit.case.name, setting.size, setting.device), []).append(once)
        if unit.case.seconds > 0:
            self._ratios.append(once / unit.case.seconds)


def arrange(
    task: Task,
    wanted: Sequence[tuple[Case, Setting, str]],
    finished: Mapping[str, Record],
    costs: Costs,
    budget: float | None = None,
) -> Plan:
    """Order what is missing: seed 0 of every case, then seed 1, ...; keep what fits into `budget` seconds.

    What does not fit does not keep smaller units behind it from being run.
    """
    missing = [(case, setting, identity) for case, setting, identity in wanted if not _done(finished.get(identity))]
    groups: dict[tuple[str, int], list[tuple[Case, Setting, str]]] = {}
    for case, setting, identity in missing:
        groups.setdefault((case.name, -1 if task.run_all else setting.seed), []).append((case, setting, identity))
    units = [
        Unit(
            group[0][0],
            tuple(setting for _, setting, _ in group),
            tuple(identity for _, _, identity in group),
            costs.of(task, group[0][0], [setting for _, setting, _ in group]),
        )
        for group in groups.values()
    ]
    units.sort(key=lambda unit: unit.settings[0].seed)  # stable: cases stay in their order within a seed
    chosen: list[Unit] = []
    left: list[Unit] = []
    spent = 0.0
    for unit in units:
        fits = budget is None or spent + unit.cost <= budget
        (chosen if fits else left).append(unit)
        spent += unit.cost if fits else 0.0
    return Plan(tuple(chosen), len(wanted) - len(missing), tuple(left))


def _done(record: Record | None) -> bool:
    """Failures are tried again."""
    return record is not None and record.status == "ok"
