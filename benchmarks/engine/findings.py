"""Records -> chapters: all that a report prints about a task, computed once, so that pages, tables and files only format.

Pure but for titles, which the tasks' own files hold. A chapter is one task at one size on one kind of device.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.engine import summary
from benchmarks.engine.record import DataUsed, Device, Metric, Record
from benchmarks.engine.store import read
from benchmarks.engine.summary import CaseRow, PairRow
from benchmarks.engine.task import discover
from graders.kit.errors import InputError
from seeds.figures import Figure, figures

ALL_PAIRS = 16
"""Up to so many cases every pair is compared; beyond, each case with the best one, and the chapter says so."""


@dataclass(frozen=True)
class Curve:
    """A number per epoch over the seeds of a case: mean, lowest, highest, as far as every seed went."""

    name: str
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Confusion:
    """Answers by class, summed over seeds: `counts[true][predicted]`, names in the order of the class numbers."""

    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Run:
    """Where one record lies, and what it says in short."""

    identity: str
    file: str
    line: int
    seed: int
    status: str
    problem: str
    value: float | None
    measured: str


@dataclass(frozen=True)
class CaseView:
    """One case with all that a report shows of it; numbers are medians over seeds where not stated otherwise."""

    row: CaseRow
    config: Mapping[str, object]
    metrics: Mapping[str, float]
    curves: tuple[Curve, ...]
    confusion: Confusion | None
    figures: tuple[Figure, ...]
    predict_s: float | None
    throughput: tuple[float, str] | None
    memory_mb: float | None
    joules: float | None
    kernel: Mapping[str, str]
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Chapter:
    """One task at one size on one kind of device.

    Attributes:
        best: name of the case with the best mean, "" where nothing ran.
        all_pairs: whether every pair was compared, or each case with the best one alone.
        effects: pairs, corrected for their number.
        overridden: data sets whose failed audit was overridden in some run.
    """

    task: str
    title: str
    size: str
    device: str
    metric: Metric
    cases: tuple[CaseView, ...]
    effects: tuple[PairRow, ...]
    best: str
    all_pairs: bool
    machines: tuple[Device, ...]
    versions: Mapping[str, str]
    data: tuple[DataUsed, ...]
    overridden: tuple[str, ...]


@dataclass(frozen=True)
class Findings:
    """A whole report: its chapters, and remarks on lines that could not be read."""

    chapters: tuple[Chapter, ...]
    remarks: tuple[str, ...]
    records: int


def collect(paths: Sequence[Path]) -> Findings:
    """Read files of records, or all of a folder's, and work out what they say.

    Raises:
        InputError: a path is missing, or there is no record in any of them.
    """
    files = [file for path in paths for file in _files(path)]
    records: list[Record] = []
    places: dict[int, tuple[str, int]] = {}
    remarks: list[str] = []
    for file in files:
        contents = read(file)
        remarks += contents.remarks
        for number, record in enumerate(contents.records, 1):
            places[id(record)] = (file.name, number)
            records.append(record)
    if not records:
        raise InputError(f"no records in {', '.join(map(str, paths))}; `sanjeh bench TASK` makes some")
    titles = {name: task.title for name, (task, _) in discover().items()}
    tasks = sorted({record.task for record in records})
    chapters = [chapter for task in tasks for chapter in _chapters(task, titles.get(task, task), records, places)]
    return Findings(tuple(chapters), tuple(remarks), len(records))


def records_of(path: Path) -> list[Record]:
    """Every record of a file, or of a folder's files.

    Raises:
        InputError: the path is missing, or there is no record in it.
    """
    records = [record for file in _files(path) for record in read(file).records]
    if not records:
        raise InputError(f"no records in {path}; `sanjeh bench TASK` makes some")
    return records


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.glob("*.jsonl"))
    if not path.is_file():
        raise InputError(f"{path} does not exist; wanted a file of records (.jsonl) or a folder of them")
    return [path]


def _chapters(task: str, title: str, records: Iterable[Record], places: Mapping[int, tuple[str, int]]) -> list[Chapter]:
    found = summary.current(records, task)
    kinds = sorted({key[1:] for key in found})
    return [_chapter(task, title, {key: rows for key, rows in found.items() if key[1:] == kind}, places) for kind in kinds]


def _chapter(task: str, title: str, found: Mapping[summary.Key, list[Record]], places: Mapping[int, tuple[str, int]]) -> Chapter:
    everything = [record for records in found.values() for record in records]
    metric = everything[-1].metric
    rows = {row.case: row for row in summary.cases(dict(found))}
    views = tuple(_view(rows[key[0]], records, places) for key, records in found.items())
    means = {view.row.case: view.row.spread.mean for view in views if view.row.spread}
    best = (max if metric.higher_is_better else min)(means, key=means.__getitem__) if means else ""
    every = len(found) <= ALL_PAIRS
    data = {one.name: one for record in everything for one in record.data}
    devices = {record.device: None for record in everything if record.device}
    return Chapter(
        task=task,
        title=title,
        size=everything[-1].size,
        device=next(iter(found))[2],
        metric=metric,
        cases=views,
        effects=tuple(summary.pairs(dict(found), None if every else best)),
        best=best,
        all_pairs=every,
        machines=_machines(devices),
        versions=everything[-1].versions,
        data=tuple(data[name] for name in sorted(data)),
        overridden=tuple(sorted({one.name for record in everything for one in record.data if one.overridden})),
    )


def _machines(devices: Iterable[Device]) -> tuple[Device, ...]:
    """Each machine once: how loaded it was differs from run to run."""
    known: dict[tuple[object, ...], Device] = {}
    for device in devices:
        known.setdefault((device.kind, device.name, device.cores, device.system, device.driver), device)
    return tuple(known.values())


def _view(row: CaseRow, records: Sequence[Record], places: Mapping[int, tuple[str, int]]) -> CaseView:
    done = [record for record in records if record.status == "ok"]
    last = records[-1]
    predicting = [record.times["predict"].median_s for record in done if "predict" in record.times]
    rates = [record.throughput for record in done if record.throughput]
    memory = [record.memory.peak_mb for record in done if record.memory]
    joules = [record.energy.joules for record in done if record.energy and record.energy.joules is not None]
    known = figures()
    return CaseView(
        row=row,
        config=last.config,
        metrics=_medians(done),
        curves=tuple(_curves(done)),
        confusion=_confusion(done),
        figures=tuple(known[name] for name in last.reported if name in known),
        predict_s=_median(predicting),
        throughput=(float(np.median([rate.value for rate in rates])), rates[0].unit) if rates else None,
        memory_mb=_median(memory),
        joules=_median(joules),
        kernel=done[-1].kernel if done else {},
        runs=tuple(_run(record, *places.get(id(record), ("", 0))) for record in records),
    )


def _run(record: Record, file: str, line: int) -> Run:
    return Run(record.identity, file, line, record.seed, record.status, record.problem, record.value, record.measured)


def _median(values: Sequence[float]) -> float | None:
    return float(np.median(values)) if values else None


def _medians(records: Sequence[Record]) -> dict[str, float]:
    names = dict.fromkeys(itertools.chain.from_iterable(record.metrics for record in records))
    return {name: float(np.median([record.metrics[name] for record in records if name in record.metrics])) for name in names}


def _curves(records: Sequence[Record]) -> Iterable[Curve]:
    for name in dict.fromkeys(itertools.chain.from_iterable(record.curves for record in records)):
        lines = [record.curves[name] for record in records if record.curves.get(name)]
        length = min(map(len, lines), default=0)
        if length > 1:
            table = np.array([line[:length] for line in lines])
            yield Curve(name, *(tuple(part.tolist()) for part in (table.mean(0), table.min(0), table.max(0))))


def _confusion(records: Sequence[Record]) -> Confusion | None:
    """Sum over seeds; None where there are no classes with names."""
    total = None
    names: tuple[str, ...] = ()
    for record in records:
        if record.predictions is None or record.predictions.kind != "classes" or not record.predictions.names:
            return None
        labels, predicted, _ = record.predictions.arrays()
        names, size = record.predictions.names, len(record.predictions.names)
        counts = np.bincount(labels * size + predicted, minlength=size * size).reshape(size, size)
        total = counts if total is None else total + counts
    return None if total is None else Confusion(names, tuple(tuple(row) for row in total.tolist()))
