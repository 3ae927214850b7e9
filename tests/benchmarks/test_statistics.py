"""Statistics against brute force, SciPy, and coverage on simulated data with a known truth."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from benchmarks.engine import statistics as st


def test_mcnemar_against_scipy_and_enumeration() -> None:
    first = np.array([1] * 9 + [0] * 2 + [1] * 20 + [0] * 5, dtype=bool)
    second = np.array([0] * 9 + [1] * 2 + [1] * 20 + [0] * 5, dtype=bool)
    found = st.mcnemar(first, second)
    assert (found.only_first, found.only_second) == (9, 2)
    assert found.p == pytest.approx(stats.binomtest(9, 11, 0.5).pvalue)
    outcomes = list(itertools.product([0, 1], repeat=11))  # every way in which 11 fair coins can fall
    assert found.p == pytest.approx(sum(abs(sum(one) - 5.5) >= 3.5 for one in outcomes) / len(outcomes))
    assert st.mcnemar([True, False], [True, False]).p == 1.0
    with pytest.raises(ValueError, match="same items"):
        st.mcnemar([True], [True, False])


def test_holm_by_its_definition() -> None:
    ps = [0.01, 0.04, 0.03, 0.005]
    assert st.holm(ps) == pytest.approx([0.03, 0.06, 0.06, 0.02])  # worked by hand: 4 × .005, 3 × .01, 2 × .03, then its maximum
    random = np.random.default_rng(0).random(12).tolist()
    found = st.holm(random)
    for level in np.linspace(0.01, 0.99, 25):  # rejected are those that the step-down procedure rejects at that level
        rejected, order = set(), np.argsort(random)
        for rank, place in enumerate(order):
            if random[place] > level / (12 - rank):
                break
            rejected.add(int(place))
        assert rejected == {place for place, p in enumerate(found) if p <= level}
    assert st.holm([]) == []


def test_bootstrap_against_every_possible_resample() -> None:
    """Three groups have 27 resamples: quantiles and mean of those are what many draws come to."""
    scores, groups = np.array([1, 0, 1, 1, 0, 0, 1.0]), np.array(["a", "a", "b", "b", "b", "c", "c"])
    members = [np.flatnonzero(groups == name) for name in "abc"]
    exact = [np.mean(np.concatenate([scores[members[k]] for k in drawn])) for drawn in itertools.product(range(3), repeat=3)]
    found = st.bootstrap(scores, groups, draws=20_000)
    assert found.value == pytest.approx(scores.mean()) and found.groups == 3 and found.few
    low, high = np.quantile(np.sort(exact), [0.025, 0.975], method="inverted_cdf")
    assert found.low == pytest.approx(low, abs=0.02) and found.high == pytest.approx(high, abs=0.02)


def test_bootstrap_covers_the_truth_only_with_groups() -> None:
    """Items of a group share half of their luck: intervals over items are far too narrow, those over groups are about right."""
    random, inside = np.random.default_rng(1), {"groups": 0, "items": 0}
    rounds = 150
    for _ in range(rounds):
        share = np.clip(random.normal(0.6, 0.2, size=40), 0, 1)
        groups = np.repeat(np.arange(40), 20)
        right = random.random(800) < share[groups]
        truth = 0.6  # the clipping is symmetric enough to leave the mean within the tolerance below
        for name, chosen in (("groups", groups), ("items", None)):
            found = st.bootstrap(right, chosen, draws=300)
            inside[name] += found.low <= truth <= found.high
    assert inside["groups"] / rounds > 0.88
    assert inside["items"] / rounds < 0.85


def test_word_error_rate_is_a_ratio_of_sums() -> None:
    errors, words = np.array([1, 0, 4, 2]), np.array([10, 5, 8, 3])
    assert st.bootstrap(errors, None, words).value == pytest.approx(7 / 26)
    with pytest.raises(ValueError, match="as many"):
        st.bootstrap(errors, None, words[:3])


def test_a_difference_is_paired() -> None:
    """Two models that disagree on few items: the paired interval is narrow though each alone is uncertain."""
    random = np.random.default_rng(2)
    first = random.random(300) < 0.5
    second = first.copy()
    second[:24] = True
    found = st.bootstrap_difference(second, first)
    assert found.value == pytest.approx(second.mean() - first.mean())
    assert found.low > 0 and found.p < 0.01 and found.p_bootstrap < 0.01
    alone = st.bootstrap(first)
    assert found.high - found.low < (alone.high - alone.low) / 2
    t = stats.ttest_rel(second.astype(float), first.astype(float))
    assert found.p == pytest.approx(t.pvalue, rel=1e-6)  # every item its own group: the paired t test
    same = st.bootstrap_difference(first, first)
    assert same.p == 1.0 and same.value == 0
    with pytest.raises(ValueError, match="same items"):
        st.bootstrap_difference(first, second[:10])


def test_few_groups_are_not_believed() -> None:
    """Four speakers who all favour the same model are no proof, though the bootstrap would say so."""
    groups = np.repeat(np.arange(4), 40)
    gain = np.repeat([0.02, 0.3, 0.1, 0.2], 40)
    found = st.bootstrap_difference(gain, np.zeros(160), groups)
    assert found.p_bootstrap < 0.01 < found.p
    assert found.p == pytest.approx(stats.ttest_1samp([0.02, 0.3, 0.1, 0.2], 0).pvalue)


def test_rounding_is_no_difference() -> None:
    """Three seeds that each answer one class: accuracies are equal, sums differ in the last bit."""
    first = np.array([np.arange(160) % 10 == k for k in (1, 4, 7)], dtype=float)
    second = np.array([np.arange(160) % 10 == k for k in (2, 2, 9)], dtype=float)
    groups = np.repeat(np.arange(4), 40)
    assert st.bootstrap_difference(first, second, groups).p == 1.0
    assert st.bootstrap_difference(first + 1e-16, first, groups).p == 1.0
    assert st.bootstrap_difference(np.full(160, 0.1), np.zeros(160), groups).p == pytest.approx(2 / 2**4)  # all four the same


def test_seed_spread_is_students() -> None:
    values = [0.1, 0.4, 0.3, 0.35]
    found = st.seed_spread(values)
    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    assert (found.mean, found.low, found.high) == pytest.approx((np.mean(values), low, high))
    assert found.deviation == pytest.approx(np.std(values, ddof=1))
    assert st.seed_spread([0.5]).deviation is None
    with pytest.raises(ValueError, match="no values"):
        st.seed_spread([])


def test_two_proportions_as_the_course_worked_them() -> None:
    """80 of 200 against 91, 87 and 93: p = .27, .48, .19; and 84 against 61: p = .017."""
    assert [round(st.two_proportions(80, 200, other, 200), 2) for other in (91, 87, 93)] == [0.27, 0.48, 0.19]
    assert st.two_proportions(84, 200, 61, 200) == pytest.approx(0.017, abs=0.001)
    assert st.two_proportions(5, 5, 7, 7) == 1.0


@pytest.mark.parametrize(("items", "share"), [(200, 0.4), (160, 0.9), (2000, 0.65)])
def test_the_detectable_difference_is_detected_four_times_in_five(items: int, share: float) -> None:
    found = st.detectable_difference(items, share)
    other = share + found * (1 if share <= 0.5 else -1)
    random = np.random.default_rng(3)
    first, second = random.binomial(items, share, size=4000), random.binomial(items, other, size=4000)
    seen = np.mean([st.two_proportions(int(a), items, int(b), items) < 0.05 for a, b in zip(first, second, strict=True)])
    assert seen == pytest.approx(0.8, abs=0.035)
    assert st.detectable_difference(items * 4, share) < found


def test_87_of_200_is_no_win_over_80() -> None:
    assert st.detectable_difference(200, 0.4) > 7 / 200
    assert st.detectable_difference(200, 0.4) == pytest.approx(0.139, abs=0.005)


def test_the_paired_detectable_difference_is_detected_four_times_in_five() -> None:
    items, disagreement = 400, 0.2
    d = st.detectable_paired(items, disagreement)
    random = np.random.default_rng(4)
    drawn = random.multinomial(items, [(disagreement + d) / 2, (disagreement - d) / 2, 1 - disagreement], size=3000)
    z = np.abs(drawn[:, 0] - drawn[:, 1]) / np.sqrt(np.maximum(drawn[:, 0] + drawn[:, 1], 1))
    assert np.mean(z > stats.norm.ppf(0.975)) == pytest.approx(0.8, abs=0.035)
    assert st.detectable_paired(400, 0.0) == 0.0
    assert st.detectable_paired(3, 0.3) == 0.3


def test_what_an_interval_would_show_is_shown_four_times_in_five() -> None:
    """Word errors of 300 utterances: two systems on other utterances, then two on the same."""
    random = np.random.default_rng(6)
    words = random.integers(5, 15, size=300)
    found = st.detectable_by_interval(st.bootstrap(random.binomial(words, 0.3), None, words))
    rates = [random.binomial(words, share, size=(3000, 300)).sum(axis=1) / words.sum() for share in (0.3, 0.3 + found)]
    error = np.sqrt(sum(np.var(rate) for rate in rates))
    assert np.mean((rates[1] - rates[0]) / error > stats.norm.ppf(0.975)) == pytest.approx(0.8, abs=0.06)
    same = st.bootstrap_difference(random.binomial(words, 0.3), random.binomial(words, 0.3), None, words)
    assert st.detectable_by_interval(same) == pytest.approx(2.8 / 3.92 * (same.high - same.low), rel=0.01)


def test_the_closed_forms_solve_their_equations() -> None:
    z = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    for items, share in ((87.0, 0.56), (160.0, 0.89), (12.0, 0.02)):
        d = st.detectable_difference(items, share)
        other = share + d * (1 if share <= 0.5 else -1)
        assert d == pytest.approx(z * math.sqrt((share * (1 - share) + other * (1 - other)) / items))
    a, b = stats.norm.ppf(0.975), stats.norm.ppf(0.8)
    for items, psi in ((87.0, 0.4), (400.0, 0.2), (30.0, 0.9)):
        d = st.detectable_paired(items, psi)
        assert d == pytest.approx((a * math.sqrt(psi) + b * math.sqrt(psi - d * d)) / math.sqrt(items))


def test_an_interval_over_seeds_ends_where_the_metric_does() -> None:
    found = st.seed_spread([0.3, 1, 1, 1, 1], bounds=(0.0, 1.0))
    assert (found.high, found.lowest, found.highest, found.few) == (1.0, 0.3, 1.0, False)
    assert st.seed_spread([0.4, 0.5]).few


def test_effective_items() -> None:
    random = np.random.default_rng(5)
    groups = np.repeat(np.arange(50), 10)
    alone = random.random(500) < 0.5
    assert st.effective_items(alone) == 500
    assert st.effective_items(alone, groups) > 350  # groups that share nothing
    together = np.repeat(random.random(50) < 0.5, 10)
    assert st.effective_items(together, groups) == pytest.approx(50)  # groups that share everything
    between = np.var([together[groups == g].mean() for g in range(50)], ddof=1)
    assert math.sqrt(between / 50) == pytest.approx(math.sqrt(together.var() / st.effective_items(together, groups)), rel=0.02)
