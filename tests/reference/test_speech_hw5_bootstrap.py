"""The bootstrap: known standard errors, coverage, clusters, pairs, and what is the seed's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graders.kit.loading import CodeFolder

BOOT = CodeFolder.read(Path(__file__).parents[2] / "reference" / "speech_hw5").load("bootstrap")


def test_the_standard_error_is_that_of_a_binomial_share() -> None:
    rng = np.random.default_rng(0)
    errors, words = rng.binomial(10, 0.3, size=2000), np.full(2000, 10)
    found = BOOT.single(errors, words, cutoff=0.3, replicates=4000)
    assert found.wer.value == errors.sum() / words.sum()
    assert found.wer.error == pytest.approx(np.sqrt(0.3 * 0.7 / 20_000), rel=0.08)
    assert (found.wer.high - found.wer.low) == pytest.approx(2 * 1.96 * found.wer.error, rel=0.05)
    z = (0.3 - found.wer.value) / found.wer.error
    assert found.within_cutoff == pytest.approx(
        0.5 * (1 + np.tanh(z * np.sqrt(2 / np.pi))), abs=0.04
    )  # the normal share below the cut-off


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for turn in range(150):
        words = rng.integers(3, 15, size=150)
        found = BOOT.single(rng.binomial(words, 0.25), words, replicates=400, seed=turn).wer
        held += found.low <= 0.25 <= found.high
    assert 0.88 <= held / 150 <= 0.99


def test_speakers_who_differ_widen_the_interval() -> None:
    rng = np.random.default_rng(2)
    speakers = np.repeat(np.arange(40), 25)
    words = np.full(1000, 10)
    errors = rng.binomial(words, np.clip(rng.normal(0.3, 0.12, size=40), 0, 1)[speakers])
    alone, clustered = BOOT.single(errors, words).wer, BOOT.single(errors, words, [f"s{one}" for one in speakers]).wer
    assert clustered.error > 2.5 * alone.error
    assert clustered.error == pytest.approx(0.12 / np.sqrt(40), rel=0.35)
    assert (alone.n_groups, clustered.n_groups) == (1000, 40) and not clustered.few
    assert BOOT.single(errors, words, speakers // 8).wer.few


def test_pairs_cancel_what_makes_an_utterance_hard() -> None:
    rng = np.random.default_rng(3)
    words = np.full(400, 20)
    hard = rng.beta(1, 2, size=400)
    before, after = rng.binomial(words, hard), rng.binomial(words, 0.8 * hard)
    found = BOOT.paired(before, after, words, cutoff=0.5)
    assert found.reduction.error < 0.6 * np.hypot(found.before.error, found.after.error)
    assert found.reduction.value == pytest.approx(found.before.value - found.after.value)
    assert found.relative.value == pytest.approx(1 - after.sum() / before.sum())
    assert found.relative.low < 0.2 < found.relative.high
    assert found.better == 1.0 and found.within_cutoff == 1.0
    assert BOOT.paired(before, before, words).better == 0.0
    assert BOOT.paired(before, before, words).reduction.high == 0.0
    assert BOOT.paired(np.zeros(400), np.zeros(400), words).relative.value == 0.0


def test_the_seeds_share_is_kept_apart() -> None:
    rng = np.random.default_rng(4)
    words = np.full(3000, 10)
    levels = np.array([0.20, 0.24, 0.28, 0.22])
    runs = np.stack([rng.binomial(words, level) for level in levels])
    found = BOOT.across_seeds(runs, words)
    assert found.by_seed == pytest.approx(levels, abs=0.01)
    assert found.seed_deviation == pytest.approx(levels.std(ddof=1), rel=0.15)
    assert found.wer.error == pytest.approx(np.sqrt((levels * (1 - levels)).mean() / 30_000 / 4), rel=0.15)
    assert found.both == pytest.approx(np.hypot(found.wer.error, found.seed_deviation))
    alone = BOOT.across_seeds(runs[0], words)
    assert alone.seed_deviation is None and alone.both is None


def test_draws_can_be_repeated() -> None:
    words = np.arange(1, 60)
    assert BOOT.single(words // 3, words, seed=5) == BOOT.single(words // 3, words, seed=5)
    assert BOOT.single(words // 3, words, seed=5) != BOOT.single(words // 3, words, seed=6)


@pytest.mark.parametrize(
    ("errors", "words", "groups", "said"),
    [
        ([1, 2], [3], None, "shapes"),
        ([], [], None, "shapes"),
        ([-1, 2], [3, 3], None, "negative or missing"),
        ([np.nan, 2], [3, 3], None, "negative or missing"),
        ([1, 2], [0, 0], None, "no word"),
        ([1, 2], [3, 3], ["a"], "1 groups for 2"),
    ],
)
def test_counts_that_fit_no_test_set_are_refused(
    errors: list[float], words: list[int], groups: list[str] | None, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        BOOT.single(errors, words, groups)


def test_a_level_is_a_share() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        BOOT.single([1], [2], level=95)
