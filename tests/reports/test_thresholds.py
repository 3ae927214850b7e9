"""Calibration files as thresholds: every banded check of the course has one, with the reference's scores above its bands."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from graders.engine.course import Course
from reports.thresholds import thresholds

COURSE = Course()


@pytest.mark.parametrize("slug", COURSE.slugs())
def test_every_banded_check_has_a_calibration(slug: str) -> None:
    assignment = COURSE.assignment(slug)
    found = {item.check: item for item in thresholds(assignment, COURSE.hidden_suite(slug))}
    assert set(found) == {spec.id for spec in assignment.checks() if spec.bands}
    for item in found.values():
        assert len(item.scores) >= 2, f"{item.check}: how do mistakes do?"
        assert max(len(values) for _, values in item.scores) >= 2, f"{item.check}: how far do seeds differ?"


def test_floors_on_real_recordings_ask_for_the_same_share_of_what_is_right() -> None:
    found = [item for item in thresholds(COURSE.assignment("speech_hw4"), COURSE.hidden_suite("speech_hw4"))
             if item.check == "q2.learns_flat"]  # fmt: skip
    (made, real) = found
    assert made.data.startswith("embedded") and real.data == "FSDD"
    means = [np.mean(dict(item.scores)["reference"]) for item in found]
    assert means[1] < made.bands[0][0], "measured against the floors of the embedded data, the reference would fail"
    for (floor, share), (asked, same) in zip(made.bands, real.bands, strict=True):
        assert share == same and asked / means[1] == pytest.approx(floor / means[0], abs=0.005)


def test_tables_are_found_by_id_by_name_and_by_bands(tmp_path: Path) -> None:
    assignment = COURSE.assignment("speech_hw4")
    bands = [[band.floor, band.share] for band in assignment.check("q3.learns").bands]
    content = {
        "seeds": [1, 2],
        "checks": {"q2.learns_flat": {"accuracy": {"reference": [0.8, 0.9], "wrong": [0.1, 0.2]}}},
        "learns_bipolar": {"cpu_seconds_per_run": [3, 4], "zero": {"values": [0.1, 0.2], "mean": 0.15}, "reference": [0.7, 0.8]},
        "whatever": {"bands": bands, "reference": [0.6, 0.7]},
    }
    (tmp_path / "calibration.json").write_text(json.dumps(content))
    found = {item.check: dict(item.scores) for item in thresholds(assignment, tmp_path)}
    assert found == {
        "q2.learns_flat": {"reference": (0.8, 0.9), "wrong": (0.1, 0.2)},
        "q2.learns_bipolar": {"reference": (0.7, 0.8), "zero": (0.1, 0.2)},
        "q3.learns": {"reference": (0.6, 0.7)},
    }
