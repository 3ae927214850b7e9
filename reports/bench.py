"""The benchmark report: one page, whole without a network, from the chapters that `benchmarks.engine.findings` works out."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from benchmarks.engine.findings import CaseView, Chapter, Findings
from seeds.figures import Figure, Flag

from . import charts, exports
from .environment import TEMPLATES, pieces
from .files import write
from .tables.bench import ranked
from .thresholds import Threshold

SHOWN = 12
"""Learning curves and confusion matrices are drawn for so many cases, the best; the rest is in the records."""
CURVES = ("accuracy", "validation_accuracy", "wer", "validation_wer", "loss", "validation_loss")


@dataclass(frozen=True)
class Drawn:
    """A chapter with its scales.

    Attributes:
        views: cases, best first.
        scale: of the main metric, figures of the documents included where they are of its kind.
        speed: of training seconds; None where there are none.
        curves: (what it is, its scale, cases that have it).
    """

    chapter: Chapter
    anchor: str
    views: tuple[CaseView, ...]
    scale: charts.Scale
    speed: charts.Scale | None
    curves: tuple[tuple[str, charts.Scale, tuple[CaseView, ...]], ...]
    confusions: tuple[CaseView, ...]


def bench_page(
    findings: Findings, thresholds: tuple[Threshold, ...] = (), *, language: str = "en", calendar: str = "gregorian"
) -> str:
    """The report as HTML; raises as `bench_pieces` does."""
    return "".join(bench_pieces(findings, thresholds, language=language, calendar=calendar))


def bench_pieces(
    findings: Findings, thresholds: tuple[Threshold, ...] = (), *, language: str = "en", calendar: str = "gregorian"
) -> Iterator[str]:
    """The report as HTML, piece by piece.

    Raises:
        ValueError: there are no reports in that language, or no such calendar.
    """
    script = (TEMPLATES / "sort.js").read_text(encoding="utf-8")
    return pieces(
        "bench.html.j2",
        language,
        calendar=calendar,
        findings=findings,
        chapters=tuple(drawn(chapter, f"chapter-{number}") for number, chapter in enumerate(findings.chapters, 1)),
        measured=max((run.measured for chapter in findings.chapters for view in chapter.cases for run in view.runs), default=""),
        flags=tuple(_flags(findings)),
        thresholds=thresholds,
        charts=charts,
        comparable=comparable,
        shown=SHOWN,
        script=Markup(script),  # a file of ours
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def write_bench(
    findings: Findings,
    folder: Path,
    thresholds: tuple[Threshold, ...] = (),
    *,
    language: str = "en",
    calendar: str = "gregorian",
) -> Path:
    """Write `index.html`, `bench.md`, `bench.csv` and `bench.tex` into a folder; returns the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "bench.md", exports.to_markdown(findings))
    write(folder / "bench.csv", exports.to_csv(findings))
    write(folder / "bench.tex", exports.to_latex(findings))
    page = folder / "index.html"
    write(page, bench_pieces(findings, thresholds, language=language, calendar=calendar))
    return page


def drawn(chapter: Chapter, anchor: str) -> Drawn:
    """A chapter with the scales that its charts share."""
    views = tuple(ranked(chapter))
    values = [place for view in views for place in _extent(view)]
    values += [number for view in views for figure in view.figures if (number := comparable(figure, chapter)) is not None]
    seconds = [view.row.seconds for view in views if view.row.seconds]
    best = [view for view in views if view.row.spread][:SHOWN]
    return Drawn(
        chapter=chapter,
        anchor=anchor,
        views=views,
        scale=charts.linear(values),
        speed=charts.logarithmic(seconds) if seconds else None,
        curves=tuple(_panels(best)),
        confusions=tuple(view for view in best if view.confusion),
    )


def comparable(figure: Figure, chapter: Chapter) -> float | None:
    """A document's figure as a number of the chapter's metric; None where it is of another kind."""
    kind = chapter.metric.name.split("_")[-1]
    return figure.number if kind in figure.metric and "setting" not in figure.metric else None


def _extent(view: CaseView) -> list[float]:
    """What the chart of a case must hold: its mean, its runs, its interval over items. A wild interval over few seeds is cut off."""
    sampling = [view.row.sampling.low, view.row.sampling.high] if view.row.sampling else []
    spread = [view.row.spread.mean] if view.row.spread else []
    return [*spread, *sampling, *(run.value for run in view.runs if run.value is not None)]


def _panels(views: list[CaseView]) -> Iterator[tuple[str, charts.Scale, tuple[CaseView, ...]]]:
    """One row of panels for each kind of curve; training and validation share a panel."""
    for name in CURVES[::2]:
        chosen = tuple(view for view in views if any(curve.name.endswith(name) for curve in view.curves))
        values = [
            value for view in chosen for curve in view.curves if curve.name.endswith(name) for value in (*curve.low, *curve.high)
        ]
        if values:
            yield name, charts.linear(values), chosen


def _flags(findings: Findings) -> Iterator[Flag]:
    """Every defect of a figure that the report shows, once."""
    known: dict[str, Flag] = {}
    for chapter in findings.chapters:
        for view in chapter.cases:
            for figure in view.figures:
                known.update({flag.name: flag for flag in figure.flags})
    return iter(known[name] for name in sorted(known))
