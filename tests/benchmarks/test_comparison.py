"""What changed between two runs, and the gate: planted differences, real ones and mere chance."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.engine.comparison import compare, worse
from benchmarks.engine.record import Metric, Predictions, Record, Split
from benchmarks.engine.store import opened

GROUPS = np.arange(200) // 10
LABELS = np.zeros(200, dtype=int)


def run(case: str, seed: int, share: float, draw: int = 0, metric: Metric | None = None, **fields: object) -> Record:
    right = np.random.default_rng([draw, seed]).random(200) < share
    made = Record(
        identity=f"{case}{seed}{draw}",
        task="genres",
        case=case,
        config={},
        seed=seed,
        size="small",
        status="ok",
        metric=metric or Metric("accuracy", higher_is_better=True),
        metrics={"accuracy": float(right.mean()), "wer": float(1 - right.mean())},
        code="",
        measured="2026-11-21T00:00:00+00:00",
        split=Split("by artist", 1, 1, 200, "same"),
        predictions=Predictions.of_classes(LABELS, 1 - right.astype(int), groups=GROUPS),
    )
    return replace(made, **fields)


def only(before: list[Record], after: list[Record]) -> tuple[str, str, float | None]:
    (change,) = compare(before, after)
    return change.verdict, change.by, change.difference


def test_a_real_loss_is_worse_and_a_real_gain_better() -> None:
    good, bad = [run("a", seed, 0.9) for seed in range(3)], [run("a", seed, 0.6, 1) for seed in range(3)]
    verdict, by, difference = only(good, bad)
    assert (verdict, by) == ("worse", "items") and difference == pytest.approx(-0.3, abs=0.08)
    assert only(bad, good)[:2] == ("better", "items")
    assert worse(compare(good, bad)) and not worse(compare(bad, good))


def test_chance_is_no_difference() -> None:
    verdicts = [only([run("a", 0, 0.7, draw)], [run("a", 0, 0.7, draw + 100)])[0] for draw in range(20)]
    assert verdicts.count("no difference shown") >= 17


def test_the_metric_says_which_way_is_up() -> None:
    wer = Metric("wer", higher_is_better=False, of="run")
    low, high = [run("a", seed, 0.9, 0, wer) for seed in range(5)], [run("a", seed, 0.6, 0, wer) for seed in range(5)]
    assert only(low, high)[:2] == ("worse", "seeds")
    assert only(high, low)[:2] == ("better", "seeds")


def test_equal_answers_take_nothing_from_the_others() -> None:
    """A loss is judged alike however many cases were not touched."""
    others = [run(name, seed, 0.9, place) for place, name in enumerate("bcdefghij") for seed in range(3)]
    before, after = [run("a", seed, 0.9) for seed in range(3)], [run("a", seed, 0.8, 1) for seed in range(3)]
    (alone,) = compare(before, after)
    among = {change.case: change for change in compare([*before, *others], [*after, *others])}
    assert alone.p is not None and 0 < alone.p < 0.1 and among["a"] == alone
    assert all(among[name].verdict == "unchanged" and among[name].p is None for name in "bcdefghij")


def test_other_items_or_one_seed_give_no_verdict() -> None:
    other = replace(run("a", 0, 0.2), split=Split("by artist", 1, 1, 200, "other"))
    assert only([run("a", 0, 0.9)], [other])[:2] == ("not comparable", "")


def test_gone_and_new_cases_are_named() -> None:
    failed = replace(run("a", 0, 0.9), status="failed", metrics={}, predictions=None)
    changes = compare([run("a", 0, 0.9)], [failed, run("b", 0, 0.5), replace(failed, case="never ran")])
    assert {change.case: change.verdict for change in changes} == {"a": "gone", "b": "new"}
    assert [change.case for change in worse(changes)] == ["a"]


def test_a_tolerance_stops_small_falls_too() -> None:
    before, after = (
        [run("a", 0, 0.9)],
        [replace(run("a", 0, 0.9), split=Split("x", 1, 1, 200, "other"), metrics={"accuracy": 0.7})],
    )
    assert not worse(compare(before, after)) and worse(compare(before, after), tolerance=0.02)


@pytest.mark.parametrize(("share", "code"), [(0.9, 0), (0.5, 1)])
def test_the_gate_ends_with_its_exit_code(share: float, code: int, tmp_path: Path) -> None:
    for name, level, draw in (("before", 0.9, 0), ("after", share, 1)):
        with opened(tmp_path / f"{name}.jsonl") as store:
            for seed in range(3):
                store.append(run("a case", seed, level, draw))
    command = [sys.executable, "-m", "graders.cli", "report", "compare", "before.jsonl", "after.jsonl", "--fail-if-worse"]
    house = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env={"PYTHONPATH": str(house), "COLUMNS": "160"}, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "a case" in done.stdout and ("worse: genres, a case" in done.stderr) == bool(code)
