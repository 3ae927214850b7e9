"""Records are held to their raw answers: every published one, and ones with a number that is not theirs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.engine import store
from benchmarks.engine.record import Metric, Predictions
from benchmarks.engine.rescore import rescored
from graders.cli import main

from .test_records import RECORDS, record


def test_every_published_record_with_answers_agrees_with_them() -> None:
    scores = [score for path in RECORDS.glob("*.jsonl") for score in rescored(store.read(path).records)]
    assert {"digits", "genres", "phonemes", "whisper"} <= {score.record.task for score in scores} and len(scores) > 100
    assert [score for score in scores if not score.agrees] == []


def test_word_errors_are_scored_again() -> None:
    texts = Predictions.of_texts(["یک دو سه چهار", "پنج"], ["یک دو سه", "شش"])
    wer = replace(record(), metric=Metric("wer", higher_is_better=False), metrics={"wer": 2 / 5}, predictions=texts)
    (score,) = rescored([wer])
    assert score.agrees and score.again == pytest.approx(2 / 5)


def test_a_number_that_is_not_its_answers_is_named(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    right = replace(record("1" * 32), metrics={"accuracy": 0.75})  # three of the four answers are right
    wrong = replace(record("2" * 32, seed=7), metrics={"accuracy": 1.0})
    damaged = replace(record("3" * 32), predictions=Predictions("classes", "u1:AAAA", "u1:AAAA"))
    with store.opened(path) as opened:
        for one in (right, wrong, damaged, record("4" * 32, status="failed")):
            opened.append(one)
    done = CliRunner().invoke(main, ["report", "rescore", str(path)])
    assert done.exit_code == 1
    assert "seed 7: accuracy 1, but its answers give 0.75" in done.output and "packed data" in done.output
    assert "3 of 4 records hold answers that can be scored; 1 agree." in done.output
