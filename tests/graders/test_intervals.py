"""Intervals of scores: against SciPy's bootstrap, and with groups that stand or fall together."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from graders.kit.intervals import estimate


def test_without_groups_it_is_the_plain_bootstrap() -> None:
    scores = np.random.default_rng(1).random(150) < 0.7
    found = estimate(scores)
    theirs = stats.bootstrap((scores.astype(float),), np.mean, n_resamples=4000, method="percentile", rng=2).confidence_interval
    assert found.value == pytest.approx(scores.mean())
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.015)
    assert found.reaches(found.value) == pytest.approx(0.5, abs=0.06)


def test_groups_that_stand_or_fall_together_tell_less() -> None:
    by_speaker = np.random.default_rng(3).random(12) < 0.6
    scores, groups = np.repeat(by_speaker, 30), np.repeat([f"speaker {n}" for n in range(12)], 30)
    grouped, alone = estimate(scores, groups), estimate(scores)
    assert grouped.groups == 12 and alone.groups == 360
    assert grouped.high - grouped.low > 4 * (alone.high - alone.low)
    exact = stats.binom.ppf([0.025, 0.975], 12, by_speaker.mean()) / 12
    assert (grouped.low, grouped.high) == pytest.approx(tuple(exact), abs=0.06)


def test_it_is_decided_by_its_seed() -> None:
    scores = np.random.default_rng(4).random(40)
    assert estimate(scores, seed=5).low == estimate(scores, seed=5).low != estimate(scores, seed=6).low


@pytest.mark.parametrize("scores", [[], [[1.0]], [float("nan")]])
def test_what_is_no_list_of_scores(scores: list[float]) -> None:
    with pytest.raises(ValueError, match="wanted"):
        estimate(scores)
