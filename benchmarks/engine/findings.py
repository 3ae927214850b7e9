"""Records -> chapters: all that a report prints about a task, computed once, so that pages, tables and files only format.

A chapter is one task at one size on one kind of device. The files are gone through twice: once for which records count, then case by
case for what they say, so that the records of one case are held at a time, however many there are.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.engine import summary
from benchmarks.engine.record import DataUsed, Device, Key, Metric, Record
from benchmarks.engine.store import Contents, Entry, index, read
from benchmarks.engine.summary import CaseRow, PairRow, Scored
from benchmarks.engine.task import titles
from graders.kit.errors import InputError
from seeds.figures import Figure, figures

ALL_PAIRS = 16
"""Up to so many cases every pair is compared; beyond, each case with the best one, and the chapter says so."""


@dataclass(frozen=True)
class Curve:
    """A number per epoch over the seeds of a case: mean, lowest, highest, as far as every seed went; 8 bytes each, for there are many."""

    name: str
    mean: array[float]
    low: array[float]
    high: array[float]


@dataclass(frozen=True)
class Confusion:
    """Answers by class, summed over seeds: `counts[true][predicted]`, names in the order of the class numbers."""

    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    def commonest(self, most: int) -> list[tuple[str, str, int, float]]:
        """Give the most frequent wrong answers: true class, recognised class, how often, and as a share of the true class."""
        wrong = [
            (self.names[true], self.names[found], count, count / sum(row))
            for true, row in enumerate(self.counts)
            for found, count in enumerate(row)
            if true != found and count
        ]
        return sorted(wrong, key=lambda one: -one[2])[:most]


@dataclass(frozen=True, slots=True)
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
    entries: list[Entry] = []
    remarks: list[str] = []
    for file in (file for path in paths for file in _files(path)):
        found, strange = index(file)
        entries += found
        remarks += strange
    if not entries:
        raise InputError(_nothing(", ".join(map(str, paths)), remarks))
    known = titles()
    tasks = sorted({entry.task for entry in entries})
    chapters = [chapter for task in tasks for chapter in _chapters(task, known.get(task, task), entries)]
    return Findings(tuple(chapters), tuple(remarks), len(entries))


def contents_of(path: Path) -> Contents:
    """Every record of a file, or of a folder's files, and remarks on lines that are none.

    Raises:
        InputError: the path is missing, or there is no record in it.
    """
    contents = [read(file) for file in _files(path)]
    records = tuple(record for one in contents for record in one.records)
    remarks = tuple(remark for one in contents for remark in one.remarks)
    if not records:
        raise InputError(_nothing(str(path), remarks))
    return Contents(records, remarks)


def _nothing(where: str, remarks: Sequence[str]) -> str:
    """Say that there is no record, and what stood there instead."""
    instead = f" ({remarks[0]}{', and more' if len(remarks) > 1 else ''})" if remarks else ""
    return f"no records in {where}{instead}; `sanjeh bench TASK` makes some"


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.glob("*.jsonl"))
    if not path.is_file():
        raise InputError(f"{path} does not exist; wanted a file of records (.jsonl) or a folder of them")
    return [path]


def _chapters(task: str, title: str, entries: Iterable[Entry]) -> list[Chapter]:
    found = summary.current(entries, task)
    kinds = sorted({key[1:] for key in found})
    return [_chapter(task, title, {key: lines for key, lines in found.items() if key[1:] == kind}) for kind in kinds]


@dataclass
class _Seen:
    """What a chapter says of all its records, gathered as they pass by: the last one is kept."""

    last: Record | None = None
    data: dict[str, DataUsed] = field(default_factory=dict)
    devices: dict[Device, None] = field(default_factory=dict)
    overridden: set[str] = field(default_factory=set)

    def add(self, record: Record) -> None:
        """Take note of a record."""
        self.last = record
        self.data |= {one.name: one for one in record.data}
        self.devices |= {record.device: None} if record.device else {}
        self.overridden |= {one.name for one in record.data if one.overridden}


def _chapter(task: str, title: str, found: Mapping[Key, Sequence[Entry]]) -> Chapter:
    seen = _Seen()
    views: list[CaseView] = []
    scores: dict[Key, Scored | None] = {}
    for key, entries in found.items():
        records = [entry.read() for entry in entries]
        for record in records:
            seen.add(record)
        scores[key] = summary.scored(records)
        views.append(_view(summary.case_row(key, records, scores[key]), records, entries))
    assert seen.last is not None, "a chapter has at least one record"
    metric = seen.last.metric
    means = {view.row.case: view.row.spread.mean for view in views if view.row.spread}
    best = (max if metric.higher_is_better else min)(means, key=means.__getitem__) if means else ""
    every = len(found) <= ALL_PAIRS
    return Chapter(
        task=task,
        title=title,
        size=seen.last.size,
        device=next(iter(found))[2],
        metric=metric,
        cases=tuple(views),
        effects=tuple(summary.pairs(scores, None if every else best)),
        best=best,
        all_pairs=every,
        machines=_machines(seen.devices),
        versions=seen.last.versions,
        data=tuple(seen.data[name] for name in sorted(seen.data)),
        overridden=tuple(sorted(seen.overridden)),
    )


def _machines(devices: Iterable[Device]) -> tuple[Device, ...]:
    """Each machine once: how loaded it was differs from run to run."""
    known: dict[tuple[object, ...], Device] = {}
    for device in devices:
        known.setdefault((device.kind, device.name, device.cores, device.system, device.driver), device)
    return tuple(known.values())


def _view(row: CaseRow, records: Sequence[Record], entries: Sequence[Entry]) -> CaseView:
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
        runs=tuple(_run(record, entry.file.name, entry.line) for record, entry in zip(records, entries, strict=True)),
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
            yield Curve(name, *(array("d", part.tobytes()) for part in (table.mean(0), table.min(0), table.max(0))))


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
