"""A chapter of benchmarks as flat rows, the same for page, Markdown, CSV and LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.engine.findings import CaseView, Chapter
from seeds.figures import Figure


@dataclass(frozen=True)
class BenchRow:
    """One case. Numbers are None where they were not measured; `records` names file and line of each run.

    `others` are what was measured beside the metric, medians over seeds. Seeds that are few have `lowest` and `highest`, but no interval.
    """

    task: str
    size: str
    device: str
    case: str
    metric: str
    mean: float | None
    seeds: int
    deviation: float | None
    lowest: float | None
    highest: float | None
    seed_low: float | None
    seed_high: float | None
    sample_low: float | None
    sample_high: float | None
    items: int | None
    groups: int | None
    detectable: float | None
    parameters: int | None
    train_s: float | None
    predict_s: float | None
    memory_mb: float | None
    joules: float | None
    others: str
    failed: int
    problem: str
    reported: str
    records: str


COLUMNS = tuple(BenchRow.__dataclass_fields__)


def bench_rows(chapter: Chapter) -> list[BenchRow]:
    """The rows of a chapter, best first; cases without a number come last."""
    views = ranked(chapter)
    return [_row(chapter, view) for view in views]


def ranked(chapter: Chapter) -> list[CaseView]:
    """The cases of a chapter, best first; those without a number last, in their own order."""
    sign = -1.0 if chapter.metric.higher_is_better else 1.0
    with_mean = [view for view in chapter.cases if view.row.spread]
    without = [view for view in chapter.cases if not view.row.spread]
    return [*sorted(with_mean, key=lambda view: sign * (view.row.spread.mean if view.row.spread else 0.0)), *without]


def _row(chapter: Chapter, view: CaseView) -> BenchRow:
    row, spread, sampling = view.row, view.row.spread, view.row.sampling
    return BenchRow(
        task=chapter.task,
        size=chapter.size,
        device=chapter.device,
        case=row.case,
        metric=chapter.metric.name,
        mean=spread.mean if spread else None,
        seeds=spread.seeds if spread else 0,
        deviation=spread.deviation if spread else None,
        lowest=spread.lowest if spread else None,
        highest=spread.highest if spread else None,
        seed_low=spread.low if spread and not spread.few else None,
        seed_high=spread.high if spread and not spread.few else None,
        sample_low=sampling.low if sampling else None,
        sample_high=sampling.high if sampling else None,
        items=row.items,
        groups=sampling.groups if sampling else None,
        detectable=row.detectable,
        parameters=row.parameters,
        train_s=row.seconds,
        predict_s=view.predict_s,
        memory_mb=view.memory_mb,
        joules=view.joules,
        others="; ".join(f"{name} {value:.6g}" for name, value in view.metrics.items() if name != chapter.metric.name),
        failed=row.failed,
        problem=row.problem,
        reported="; ".join(map(told, view.figures)),
        records=_places(view),
    )


def told(figure: Figure) -> str:
    """A document's figure in one line: value, source, known defects."""
    flags = f" [{', '.join(flag.name for flag in figure.flags)}]" if figure.flags else ""
    return f"{figure.metric} {figure.short} ({figure.id}, {figure.document}){flags}"


def _places(view: CaseView) -> str:
    """File and lines of the runs, lines in ranges: `digits.jsonl:1-5,9`."""
    files: dict[str, list[int]] = {}
    for run in view.runs:
        files.setdefault(run.file, []).append(run.line)
    return " ".join(f"{file}:{_ranges(sorted(lines))}" for file, lines in files.items())


def _ranges(lines: Sequence[int]) -> str:
    parts: list[list[int]] = []
    for number in lines:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(f"{first}" if first == last else f"{first}-{last}" for first, last in parts)
