"""How the thresholds of checks were set: accuracies of the reference and of known-bad variants, beside the bands they led to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from graders.kit.assignment import Assignment, CheckSpec

REFERENCE = "reference"
EMBEDDED = "embedded"
ASIDE = frozenset({"bands", "gap", "cpu_seconds_per_run", "seconds", "training", "trainings", "experiment", "seeds"})
"""Numbers of a calibration that are no scores."""
ON_UNSEEN = "withheld"
"""What a variant's scores are called where there are several kinds of it."""


@dataclass(frozen=True)
class Threshold:
    """One banded check: (floor, share of the points), and the scores of each variant over seeds, the reference first.

    `data` says what was measured on. On a real copy of the data, floors ask for the same share of what the reference reaches as on the
    embedded data, as the grading does.
    """

    slug: str
    check: str
    title: dict[str, str]
    bands: tuple[tuple[float, float], ...]
    scores: tuple[tuple[str, tuple[float, ...]], ...]
    file: str
    data: str = ""


def thresholds(assignment: Assignment, folder: Path) -> Iterator[Threshold]:
    """Every banded check of an assignment that a calibration file in `folder` (of its hidden suite) has scores for.

    A file says for which check it measured by the check's id, its last part where that tells enough, or the bands that came of it.
    """
    embedded: dict[str, float] = {}
    for path in sorted(folder.glob("calibration*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        source = str(content.get("data", {}).get("source", ""))
        for spec, node in _measured(assignment, content):
            scores = dict(_scores(node))
            order = sorted(scores, key=lambda name: (name != REFERENCE, not name.startswith(REFERENCE), name))
            reached = fmean(scores[REFERENCE]) if REFERENCE in scores else 0.0
            harder = 1.0
            if source.startswith(EMBEDDED):
                embedded[spec.id] = reached
            elif source and embedded.get(spec.id):
                harder = reached / embedded[spec.id]
            bands = tuple((round(band.floor * harder, 3), band.share) for band in spec.bands)
            if scores:
                rows = tuple((name, scores[name]) for name in order)
                yield Threshold(assignment.slug, spec.id, spec.title, bands, rows, path.name, source)


def _measured(assignment: Assignment, node: Mapping[str, Any]) -> Iterator[tuple[CheckSpec, Mapping[str, Any]]]:
    """The tables of a file that belong to banded checks, in the order of the file."""
    banded = {spec.id: spec for spec in assignment.checks() if spec.bands}
    for name, child in node.items():
        if not isinstance(child, Mapping):
            continue
        same = [spec for spec in banded.values() if [[band.floor, band.share] for band in spec.bands] == child.get("bands")]
        named = [spec for spec in banded.values() if spec.id == name or spec.id.partition(".")[2] == name]
        if len(named) == 1 or len(same) == 1:
            yield (named or same)[0], child
        else:
            yield from _measured(assignment, child)


def _scores(node: Mapping[str, Any]) -> Iterator[tuple[str, tuple[float, ...]]]:
    """The scores of a table by variant: lists of numbers, or tables with such a list as `values`."""
    for name, value in node.items():
        if name in ASIDE:
            continue
        values = value.get("values") if isinstance(value, Mapping) else value
        if isinstance(values, list) and values and all(isinstance(one, int | float) for one in values):
            yield name, tuple(float(one) for one in values)
        elif isinstance(value, Mapping):
            yield from ((name if inner == ON_UNSEEN else inner, scores) for inner, scores in _scores(value))
