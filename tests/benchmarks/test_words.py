"""Stored transcripts are scored again: word error rates with intervals by voice, and pairs of systems."""

from __future__ import annotations

from dataclasses import replace

import jiwer
import numpy as np
import pytest

from benchmarks.engine import summary
from benchmarks.engine.comparison import compare
from benchmarks.engine.record import Metric, Predictions, Record, Split
from benchmarks.engine.words import word_errors, word_measures

WORDS = ["سلام", "کتاب", "خوب", "این", "شهر", "آب", "روز", "دوست", "خانه", "بزرگ"]
VOICES = np.arange(60) // 5


def texts(share: float, seed: int) -> tuple[list[str], list[str]]:
    """60 sentences, and the same with that share of words replaced."""
    rng = np.random.default_rng(0)
    right = [list(rng.choice(WORDS, size=rng.integers(3, 9))) for _ in VOICES]
    rng = np.random.default_rng([seed, 1])
    heard = [[word if rng.random() >= share else "نه" for word in line] for line in right]
    return [" ".join(line) for line in right], [" ".join(line) for line in heard]


def run(case: str, share: float, seed: int) -> Record:
    right, heard = texts(share, seed)
    return Record(
        identity=f"{case}{seed}", task="whisper", case=case, config={"language": "fa"}, seed=seed, size="small", status="ok",
        metric=Metric("wer", higher_is_better=False), metrics={"wer": jiwer.wer(right, heard)}, code="",
        measured="2026-11-21T00:00:00+00:00", split=Split("voices", 1, 1, 60, "same"),
        predictions=Predictions.of_texts(right, heard, groups=VOICES),
    )  # fmt: skip


def test_kinds_of_errors_and_other_rates_are_jiwers() -> None:
    right, heard = texts(0.3, 1)
    heard[3], heard[7] = f"{heard[3]} نه نه", heard[7].rsplit(" ", 1)[0]
    found, theirs = word_measures(right, heard), jiwer.process_words(right, heard)
    assert sum(found[kind] for kind in ("substitutions", "deletions", "insertions")) == pytest.approx(theirs.wer)
    assert found["insertions"] - found["deletions"] == pytest.approx(
        (theirs.insertions - theirs.deletions) / sum(map(len, theirs.references))
    )
    assert found["mean_wer"] == pytest.approx(np.mean([jiwer.wer(*pair) for pair in zip(right, heard, strict=True)]))
    assert found["cer"] == pytest.approx(jiwer.cer(right, heard))
    assert word_measures(["کتاب خانه است"], ["کتابخانه است"])["merged_wer"] == 0


def test_errors_are_jiwers_after_the_normaliser() -> None:
    right, heard = texts(0.3, 1)
    errors, words = word_errors(right, heard)
    assert errors.sum() / words.sum() == pytest.approx(jiwer.wer(right, heard))
    assert word_errors(["كتاب،  خوب"], ["کتاب خوب"])[0].sum() == 0
    assert word_errors(["今天好"], ["今天"], "zh")[0].sum() == 1


def test_a_case_of_transcripts_has_an_interval_by_voice_and_pairs() -> None:
    records = [run(case, share, seed) for case, share in (("before", 0.6), ("after", 0.3)) for seed in range(2)]
    found = summary.current(records, "whisper")
    rows = {row.case: row for row in summary.cases(found)}
    for row in rows.values():
        assert row.sampling and row.spread and row.sampling.groups == 12
        assert row.detectable is not None and row.detectable > (row.sampling.high - row.sampling.low) / 2
        assert row.sampling.value == pytest.approx(row.spread.mean)
        assert row.sampling.low < row.sampling.value < row.sampling.high
    (pair,) = summary.pairs({key: summary.scored(rows) for key, rows in found.items()})
    assert pair.significant and 0 < pair.detectable < abs(pair.difference.value)
    assert pair.difference.value == pytest.approx(rows["before"].sampling.value - rows["after"].sampling.value)  # type: ignore[union-attr]


def test_a_lower_error_rate_is_better() -> None:
    before, after = [run("a", 0.6, 0)], [run("a", 0.2, 0)]
    assert [change.verdict for change in compare(before, after)] == ["better"]
    other = [replace(after[0], split=Split("voices", 1, 1, 60, "other"))]
    assert [change.verdict for change in compare(before, other)] == ["not comparable"]
