"""How the thresholds of checks were set: accuracies of the reference and of known-bad variants, beside the bands they led to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.kit.assignment import Assignment

REFERENCE = "reference"


@dataclass(frozen=True)
class Threshold:
    """One banded check: (floor, share of the points), and the scores of each variant over seeds, the reference first."""

    slug: str
    check: str
    title: dict[str, str]
    bands: tuple[tuple[float, float], ...]
    scores: tuple[tuple[str, tuple[float, ...]], ...]
    file: str


def thresholds(assignment: Assignment, folder: Path) -> Iterator[Threshold]:
    """Every banded check of an assignment that a calibration file in `folder` (of its hidden suite) has scores for."""
    for path in sorted(folder.glob("calibration*.json")):
        checks = json.loads(path.read_text(encoding="utf-8")).get("checks", {})
        for spec in assignment.checks():
            scores = dict(_scores(checks.get(spec.id, {})))
            if spec.bands and scores:
                order = sorted(scores, key=lambda name: (name != REFERENCE, name))
                bands = tuple((band.floor, band.share) for band in spec.bands)
                rows = tuple((name, scores[name]) for name in order)
                yield Threshold(assignment.slug, spec.id, spec.title, bands, rows, path.name)


def _scores(entry: Mapping[str, Any]) -> Iterator[tuple[str, tuple[float, ...]]]:
    """The lists of numbers by variant, under whatever metric the check is banded by."""
    for metric in ("accuracy", "score", "scores", "reduction", "wer"):
        for name, values in entry.get(metric, {}).items() if isinstance(entry.get(metric), Mapping) else ():
            if isinstance(values, Sequence) and values and all(isinstance(value, int | float) for value in values):
                yield str(name), tuple(float(value) for value in values)
