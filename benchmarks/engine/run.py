"""Runs a task: gate, plan, run, record. Whatever happens to one run, the others go on; Ctrl-C keeps all that is finished.

    finished = bench(task, path, Options(device="cpu", size="small"), store, progress)

A device or package that this machine lacks gives records with status "not run here" and no numbers.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from benchmarks.engine import machine
from benchmarks.engine.identity import code_fingerprint, identify
from benchmarks.engine.measure import Watch, synchronise
from benchmarks.engine.plan import Costs, Plan, Unit, arrange
from benchmarks.engine.record import DataUsed, Record, Size
from benchmarks.engine.store import Store, latest
from benchmarks.engine.task import HOUSE, Case, Outcome, Setting, Task
from seeds.audit import gate
from seeds.choice import active

ROUNDING_SECONDS = 4


@dataclass(frozen=True)
class Options:
    """How a task is run: `seeds` None takes the task's own number, `budget` is in seconds, None is no limit."""

    device: str = "cpu"
    size: Size = "small"
    seeds: int | None = None
    budget: float | None = None
    override_audit: bool = False


class Progress(Protocol):
    """Who is told how it goes."""

    def plan(self, plan: Plan) -> None:
        """Take note of what will be run."""

    def begin(self, unit: Unit) -> None:
        """Take note that a unit starts."""

    def end(self, unit: Unit, records: Sequence[Record]) -> None:
        """Take note of what came of it."""


@dataclass(frozen=True)
class Finished:
    """What one call of `bench` did: new records, how many runs were recorded before, and what the budget left out."""

    records: tuple[Record, ...] = ()
    kept: int = 0
    left_out: tuple[Unit, ...] = ()
    identities: frozenset[str] = field(default_factory=frozenset)


def now() -> str:
    """Give UTC time in ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def admit(task: Task, override: bool) -> tuple[DataUsed, ...]:
    """Let the task's data sets through their audit, and say which they are.

    Raises:
        DataError: one has faults and nobody overrides.
    """
    used = []
    for name in task.datasets:
        dataset = active(name)
        report = gate(dataset, override)
        source = dataset.provenance.get("source", "unknown")
        used.append(DataUsed(name, dataset.fingerprint, len(dataset), source, report.verdict, report.overridden))
    return tuple(used)


def bench(task: Task, path: Path, options: Options, store: Store, progress: Progress) -> Finished:
    """Run what is missing of a task and append it to `store`.

    Raises:
        DataError: a data set fails its audit.
    """
    store.bury()
    lack = "" if options.device in task.devices else f"this task has nothing for {options.device}"
    lack = lack or machine.lacking(options.device, task.needs)
    data = () if lack else admit(task, options.override_audit)
    wanted, templates = _wanted(task, path, options, data)
    absent = [(setting, identity, lack or case.lacks) for case, setting, identity in wanted if lack or case.lacks]
    made = _absent(store, absent, templates)
    if lack:
        return Finished(tuple(made), len(wanted) - len(made), identities=frozenset(templates))
    costs = Costs(store.records)
    here = [one for one in wanted if not one[0].lacks]
    plan = arrange(task, here, latest(store.records), costs, options.budget)
    progress.plan(plan)
    left, started, ran = list(plan.left_out), time.monotonic(), False
    for unit in plan.units:
        cost = costs.of(task, unit.case, unit.settings)
        if options.budget is not None and ran and time.monotonic() - started + cost > options.budget:
            left.append(unit)
            continue
        progress.begin(unit)
        records = _run(task, unit, templates, store)
        costs.learn(task, unit, sum(record.seconds for record in records))
        made += records
        ran = True
        progress.end(unit, records)
    return Finished(tuple(made), plan.finished, tuple(left), frozenset(templates))


Wanted = list[tuple[Case, Setting, str]]


def _wanted(task: Task, path: Path, options: Options, data: tuple[DataUsed, ...]) -> tuple[Wanted, dict[str, Record]]:
    """List every run of the task with its identity, and the record that each would fill."""
    wanted: Wanted = []
    templates: dict[str, Record] = {}
    device = machine.describe("cpu" if machine.lacking(options.device) else options.device)
    for case in task.cases(options.size):
        code = code_fingerprint([path, *(HOUSE / source for source in case.sources)])
        for seed in range(1 if case.one_seed else options.seeds or task.seeds[options.size]):
            identity = identify(task, case, seed, options.size, options.device, data, code)
            wanted.append((case, Setting(seed, options.size, options.device), identity))
            templates[identity] = Record(
                *(identity, task.name, case.name, case.config, seed, options.size, "failed", task.metric, code, now()),
                problem="the process ended during this run: killed, out of memory, or the machine went down",
                data=data,
                versions=machine.versions(),
                device=device,
                reported=case.reported,
            )
    return wanted, templates


def _absent(store: Store, absent: Sequence[tuple[Setting, str, str]], templates: dict[str, Record]) -> list[Record]:
    """Record once that these runs cannot be done here, each with what it lacks."""
    known = latest(store.records)
    made = []
    for setting, identity, lack in absent:
        if identity in known:
            continue
        device = templates[identity].device
        asked = replace(device, kind=setting.device, name="none") if device and setting.device != "cpu" else device
        record = replace(templates[identity], status="not run here", problem=lack, device=asked, measured=now())
        store.append(record)
        made.append(record)
    return made


def _run(task: Task, unit: Unit, templates: dict[str, Record], store: Store) -> list[Record]:
    """Run one unit and record it; an exception makes it a failure, Ctrl-C goes on up."""
    first, device = templates[unit.identities[0]], unit.settings[0].device
    load = machine.describe(device).load
    start, watch = time.perf_counter(), Watch(device)
    outcomes: Sequence[Outcome] = ()
    problem = ""
    with store.running(replace(first, measured=now())):
        try:
            with watch:
                outcomes = _outcomes(task, unit)
                synchronise(device)
            _check(task, outcomes)
        except (Exception, SystemExit) as error:  # scripts that became tasks end so where ways disagree
            problem = _tell(error)
    seconds = round((time.perf_counter() - start) / len(unit.settings), ROUNDING_SECONDS)
    records = []
    for place, identity in enumerate(unit.identities):
        template = templates[identity]
        where = replace(template.device, load=load) if template.device else None
        record = replace(template, measured=now(), seconds=seconds, device=where, problem=problem)
        record = record if problem else _filled(record, outcomes[place], watch, device)
        store.append(record)
        records.append(record)
    return records


def _outcomes(task: Task, unit: Unit) -> Sequence[Outcome]:
    """Call the task; a wrong number of outcomes is an error of the task."""
    if task.run is not None:
        return [task.run(unit.case, setting) for setting in unit.settings]
    assert task.run_all is not None
    outcomes = task.run_all(unit.case, unit.settings)
    if len(outcomes) != len(unit.settings):
        raise ValueError(f"{task.name} gave {len(outcomes)} outcomes for {len(unit.settings)} seeds")
    return outcomes


def _check(task: Task, outcomes: Sequence[Outcome]) -> None:
    """Refuse an outcome without the number that the task compares by."""
    for outcome in outcomes:
        if task.metric.name not in outcome.metrics:
            raise ValueError(f"{task.name} gave no {task.metric.name!r}, by which it compares; got {sorted(outcome.metrics)}")


def _filled(record: Record, outcome: Outcome, watch: Watch, device: str) -> Record:
    """Put what came out into a record."""
    if record.metric.name not in outcome.metrics:
        raise ValueError(
            f"{record.task} gave no {record.metric.name!r}, the metric it compares by: got {sorted(outcome.metrics)}"
        )
    return replace(
        record,
        status="ok",
        metrics={name: float(value) for name, value in outcome.metrics.items()},
        split=outcome.split,
        predictions=outcome.predictions,
        curves={name: tuple(map(float, points)) for name, points in outcome.curves.items()},
        parameters=outcome.parameters,
        times=outcome.times,
        throughput=outcome.throughput,
        kernel={**machine.kernel(device), **outcome.kernel},
        memory=outcome.memory or watch.memory,
        energy=outcome.energy or watch.energy,
    )


def _tell(error: BaseException) -> str:
    """Say what went wrong and where in the house, without paths of this machine."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(HOUSE)]
    place = f" ({Path(frames[-1].filename).relative_to(HOUSE).as_posix()}, line {frames[-1].lineno})" if frames else ""
    text = " ".join(str(error).replace(str(HOUSE), ".").replace(str(Path.home()), "~").split())
    return f"{type(error).__name__}: {text[:500]}{place}"
