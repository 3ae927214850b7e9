"""The benchmark report: one page, whole without a network, from the chapters that `benchmarks.engine.findings` works out."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from benchmarks.engine.findings import CaseView, Chapter, Findings
from seeds.figures import Figure

from . import charts, exports
from .environment import TEMPLATES, pieces
from .files import write
from .tables.bench import ranked
from .thresholds import Threshold

SHOWN = 12
"""Learning curves and confusion matrices are drawn for so many cases, the best; the rest is in the records."""
MATRIX = 15
"""Up to so many classes a confusion matrix is a table of counts; beyond, a picture, and the commonest confusions."""
PLOT = (50.0, 15.0, 505.0, 210.0)
"""Left, top, right and bottom of the chart of time against the metric."""
MARK = 15.0
"""Diameter of a mark in it, and a little air."""
BANDS = (200.0, 240.0, 72.0, 450.0)
"""Left and width of a chart of thresholds, width of a label, and where the picture ends."""
POINTS = 60
CURVES = ("accuracy", "validation_accuracy", "wer", "validation_wer", "loss", "validation_loss")


@dataclass(frozen=True)
class Drawn:
    """A chapter with its scales.

    Attributes:
        views: cases, best first.
        scale: of the main metric, figures of the documents included where they are of its kind.
        speed: of training seconds; None where there are none to compare, or the metric is itself one of speed.
        curves: (what it is, its scale, cases that have it).
        others: names of what was measured beside the main metric.
    """

    chapter: Chapter
    anchor: str
    views: tuple[CaseView, ...]
    scale: charts.Scale
    speed: charts.Scale | None
    curves: tuple[tuple[str, charts.Scale, tuple[CaseView, ...]], ...]
    confusions: tuple[CaseView, ...]
    others: tuple[str, ...]


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
    figures = _figures(findings)
    return pieces(
        "bench.html.j2",
        language,
        calendar=calendar,
        findings=findings,
        chapters=tuple(drawn(chapter, f"chapter-{number}") for number, chapter in enumerate(findings.chapters, 1)),
        measured=max((run.measured for chapter in findings.chapters for view in chapter.cases for run in view.runs), default=""),
        figures=figures,
        flags=tuple({flag.name: flag for figure in figures for flag in figure.flags}.values()),
        thresholds=thresholds,
        charts=charts,
        comparable=comparable,
        points=points,
        band_labels=band_labels,
        matrix=MATRIX,
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
        scale=charts.fitting(values),
        speed=charts.logarithmic(seconds) if len(seconds) > 1 and not chapter.metric.unit else None,
        curves=tuple(_panels(best)),
        confusions=tuple(view for view in best if view.confusion),
        others=tuple(dict.fromkeys(name for view in views for name in view.metrics if name != chapter.metric.name)),
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


def points(drawn: Drawn) -> list[tuple[int, float, float, float, float]]:
    """The marks of the chart of time against the metric: rank, where it belongs, and where it stands so that none hides another."""
    assert drawn.speed is not None, "drawn only where there are times"
    left, top, right, bottom = PLOT
    ranked = [(rank, view) for rank, view in enumerate(drawn.views, 1) if view.row.spread and view.row.seconds][:POINTS]
    true = [
        (
            left + drawn.speed.at(view.row.seconds or 0.0, right - left),
            bottom - drawn.scale.at(view.row.spread.mean if view.row.spread else 0.0, bottom - top),
        )
        for _, view in ranked
    ]
    shown = charts.apart(true, MARK, PLOT)
    return [(rank, *place, *mark) for (rank, _), place, mark in zip(ranked, true, shown, strict=True)]


def band_labels(item: Threshold, scale: charts.Scale) -> list[tuple[float, int]]:
    """Where the label of each floor stands: its middle, and the row below the chart."""
    left, width, room, right = BANDS
    places = [min(left + scale.at(floor, width), right - room / 2) for floor, _ in item.bands]
    return list(zip(places, charts.rows(places, room), strict=True))


def _figures(findings: Findings) -> tuple[Figure, ...]:
    """Every figure of the documents that the report shows, once, by its id."""
    known = {figure.id: figure for chapter in findings.chapters for view in chapter.cases for figure in view.figures}
    return tuple(known[name] for name in sorted(known))
