"""The benchmark of grading does grade, in both of its ways: a class in sandboxes, and a fresh unprotected process each."""

from __future__ import annotations

from pathlib import Path

from benchmarks.tasks import grading


def test_both_ways_grade_the_same_class(tmp_path: Path) -> None:
    grading.write_class(tmp_path / "inbox", 3, False)
    plain = grading.fresh(tmp_path / "inbox", 1, False, 2)
    safe = grading.isolated(tmp_path / "inbox", 1, False, tmp_path)
    assert (plain.submissions, safe.submissions) == (2, 3)
    assert plain.seconds_per_submission > 0 and safe.peak_mb > 50
