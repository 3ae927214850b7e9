"""Intervals and tests, from raw predictions: what a difference between two numbers is worth.

Two kinds of chance are kept apart. Another seed gives another model: `seed_spread`. Other test items would give another score:
`bootstrap`, which draws whole groups (speakers, artists), since items of a group are right or wrong together. Two models on the same
items are compared in pairs (`mcnemar`, `bootstrap_difference`), many pairs are corrected (`holm`), and
`detectable_difference` says how large a difference must be for a test set of this size to show it.

Scores are per item: 1 for right and 0 for wrong, or errors of an utterance with its number of words as weight, as word error rate
wants. An interval is two-sided, `LEVEL` of the time around the truth.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

LEVEL = 0.95
DRAWS = 2000
POWER = 0.8
FEW_GROUPS = 10
"""With fewer groups than this a bootstrap over groups is too narrow, and tables should say so."""
FEW_SEEDS = 5
"""With fewer seeds than this the interval over seeds is wider than what anybody believes: t is 12.7 at two seeds, 4.3 at three."""
KEPT_GROUPS = 1000
"""Up to so many groups the draws are kept: 8 MB at 2 000 draws."""
ROUNDING = 1e-12
"""Differences and errors below this are nothing but rounding: averages over seeds add up in another order."""
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A value with the interval that it is believed to lie in, from `groups` independent groups of items."""

    value: float
    low: float
    high: float
    groups: int

    @property
    def few(self) -> bool:
        """Tell whether there are too few groups for the interval to be trusted."""
        return self.groups < FEW_GROUPS


@dataclass(frozen=True)
class Spread:
    """What seeds do: mean, standard deviation between seeds, and the interval of the mean over seeds (Student's t); None for one.

    `lowest` and `highest` are the runs' own. Where seeds are `few`, tables show these: a t of two runs reaches anywhere.
    """

    mean: float
    deviation: float | None
    low: float | None
    high: float | None
    seeds: int
    lowest: float
    highest: float

    @property
    def few(self) -> bool:
        """Tell whether there are too few seeds for the interval to say anything."""
        return self.seeds < FEW_SEEDS


@dataclass(frozen=True)
class McNemar:
    """Items that only the first got right, items that only the second did, and the exact two-sided p that it is chance."""

    only_first: int
    only_second: int
    p: float


@dataclass(frozen=True)
class Difference:
    """First minus second on the same items: value, bootstrap interval over groups, and two p that it is chance, both two-sided.

    Attributes:
        p: by Student's t over groups, which knows how few there are; this one decides.
        p_bootstrap: by the bootstrap, never below 2 / (draws + 1), and too small where groups are few.
    """

    value: float
    low: float
    high: float
    p: float
    p_bootstrap: float
    groups: int


def seed_spread(values: Sequence[float], level: float = LEVEL, bounds: tuple[float, float] = (-math.inf, math.inf)) -> Spread:
    """Describe one number per seed; the interval ends at `bounds`, between which the metric lies.

    Raises:
        ValueError: there is none.
    """
    array = np.asarray(values, dtype=float)
    if not len(array):
        raise ValueError("got no values, wanted one per seed")
    mean, lowest, highest = float(array.mean()), float(array.min()), float(array.max())
    if len(array) == 1:
        return Spread(mean, None, None, None, 1, lowest, highest)
    deviation = float(array.std(ddof=1))
    reach = float(special.stdtrit(len(array) - 1, (1 + level) / 2)) * deviation / math.sqrt(len(array))
    low, high = max(mean - reach, bounds[0]), min(mean + reach, bounds[1])
    return Spread(mean, deviation, low, high, len(array), lowest, highest)


def bootstrap(
    scores: ArrayLike,
    groups: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    *,
    seed: int = 0,
    draws: int = DRAWS,
    level: float = LEVEL,
) -> Interval:
    """Percentile interval of sum(scores) / sum(weights), whole groups drawn with replacement.

    Args:
        scores: (N,), or (S, N) for S seeds on the same items, which are averaged over seeds first: the interval is then of sampling
            alone.
        groups: (N,) the group of each item; None takes every item for itself.
        weights: (N,), 1 each by default; for word error rate, scores are errors and weights words.
        seed, draws, level: of the bootstrap.

    Raises:
        ValueError: lengths differ, or there are no items.
    """
    tops, bottoms = _by_group(scores, groups, weights)
    values = _resampled(tops, bottoms, seed, draws)
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(tops.sum() / bottoms.sum()), float(low), float(high), len(tops))


def bootstrap_difference(
    first: ArrayLike,
    second: ArrayLike,
    groups: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    *,
    seed: int = 0,
    draws: int = DRAWS,
    level: float = LEVEL,
) -> Difference:
    """Compare two models on the same items; arguments as `bootstrap`.

    `p_bootstrap` is twice the smaller share of draws on either side of zero, each share with one added above and below, so never 0.
    """
    one, two = _averaged(first), _averaged(second)
    if one.shape != two.shape:
        raise ValueError(f"got scores of {len(one)} and of {len(two)} items: only the same items can be compared in pairs")
    tops, bottoms = _by_group(one - two, groups, weights)
    values = _resampled(tops, bottoms, seed, draws)
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    smaller = min(int((values <= 0).sum()), int((values >= 0).sum()))
    p = min(1.0, 2 * (smaller + 1) / (draws + 1))
    return Difference(float(tops.sum() / bottoms.sum()), float(low), float(high), _over_groups(tops, bottoms), p, len(tops))


def _over_groups(tops: FloatArray, bottoms: FloatArray) -> float:
    """Two-sided p that a ratio of sums over groups is zero, its error linearised (Taylor) over G groups, t with G - 1 degrees."""
    n, ratio = len(tops), float(tops.sum() / bottoms.sum())
    if n < 2 or abs(ratio) < ROUNDING:
        return 1.0
    residuals = tops - ratio * bottoms
    error = math.sqrt(n / (n - 1) * float((residuals**2).sum())) / float(bottoms.sum())
    if error < ROUNDING:  # the same difference in every group: no spread to measure it by, so the sign test
        return float(2.0 ** (1 - n))
    return two_sided(ratio / error, n - 1)


def two_sided(t: float, freedom: int) -> float:
    """Probability that Student's t with so many degrees of freedom is at least this far from zero."""
    return 2 * float(special.stdtr(freedom, -abs(t)))


def _averaged(scores: ArrayLike) -> FloatArray:
    array = np.asarray(scores, dtype=float)
    return array.mean(axis=0) if array.ndim == 2 else array


def _by_group(scores: ArrayLike, groups: ArrayLike | None, weights: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    """Add up scores and weights by group: (G,) both."""
    values = _averaged(scores)
    numbers: NDArray[Any] = np.arange(len(values)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    heavy = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=float)
    if not len(values) == len(numbers) == len(heavy) or not len(values):
        raise ValueError(
            f"got {len(values)} scores, {len(numbers)} groups and {len(heavy)} weights, wanted as many of each, and some"
        )
    tops: FloatArray = np.bincount(numbers, weights=values).astype(float)
    bottoms: FloatArray = np.bincount(numbers, weights=heavy).astype(float)
    return tops, bottoms


def _resampled(tops: FloatArray, bottoms: FloatArray, seed: int, draws: int) -> FloatArray:
    """Draw as many groups as there are, again and again: (draws,) ratios."""
    n = len(tops)
    if n <= KEPT_GROUPS:
        counts = _counts(n, seed, draws)
        return np.asarray((counts @ tops) / (counts @ bottoms))
    random = np.random.default_rng(seed)
    found = []
    step = max(1, 4_000_000 // n)  # a few at a time, so that memory stays small
    for start in range(0, draws, step):
        rows = random.integers(0, n, size=(min(step, draws - start), n))
        found.append(tops[rows].sum(axis=1) / bottoms[rows].sum(axis=1))
    return np.concatenate(found)


@lru_cache(maxsize=4)
def _counts(n: int, seed: int, draws: int) -> NDArray[np.float32]:
    """How often each of n groups comes in each draw, (draws, n): the same for every case of a report, so made once."""
    return np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=draws).astype(np.float32)


def mcnemar(first_right: ArrayLike, second_right: ArrayLike) -> McNemar:
    """Exact test of two classifiers on the same items, (N,) bool each: only items that one of them got right say anything.

    Items must be independent; where they come in groups, trust `bootstrap_difference`.
    """
    one, two = np.asarray(first_right, dtype=bool), np.asarray(second_right, dtype=bool)
    if one.shape != two.shape or one.ndim != 1:
        raise ValueError(f"got answers of shape {one.shape} and {two.shape}, wanted (N,) twice, for the same items")
    b, c = int((one & ~two).sum()), int((two & ~one).sum())
    p = 1.0 if b + c == 0 else min(1.0, 2 * float(special.bdtr(min(b, c), b + c, 0.5)))
    return McNemar(b, c, p)


def holm(ps: Sequence[float]) -> list[float]:
    """Correct p values of many tests (Holm, 1979), in their order: below 0.05 then means that all such findings together are
    wrong at most once in twenty times."""
    order = np.argsort(ps, kind="stable")
    corrected, highest = [0.0] * len(ps), 0.0
    for rank, place in enumerate(order.tolist()):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[place]))
        corrected[place] = highest
    return corrected


def two_proportions(first: int, of_first: int, second: int, of_second: int) -> float:
    """Two-sided p that two shares are equal, on different items (normal approximation, pooled), as for a figure from a document."""
    pooled = (first + second) / (of_first + of_second)
    error = math.sqrt(pooled * (1 - pooled) * (1 / of_first + 1 / of_second))
    return 1.0 if error == 0 else math.erfc(abs(first / of_first - second / of_second) / error / math.sqrt(2))


@lru_cache
def _normal(level: float) -> float:
    """The distance from the mean that a normal variable keeps with probability `level`, in deviations."""
    return NormalDist().inv_cdf((1 + level) / 2)


@lru_cache
def _power(power: float) -> float:
    return NormalDist().inv_cdf(power)


def detectable_difference(items: float, share: float, *, level: float = LEVEL, power: float = POWER) -> float:
    """Smallest difference from accuracy `share` that two unpaired test sets of this size show with probability `power`.

    Solves (z_level + z_power) sqrt((p1 q1 + p2 q2) / n) = |p2 - p1| = d for the alternative nearer to one half, the harder direction.
    With k = n / z^2 + 1 that is k d^2 - |1 - 2 p1| d - 2 p1 q1 = 0. `items` is the effective number, see `effective_items`.
    """
    if items <= 0 or not 0 <= share <= 1:
        raise ValueError(f"got {items} items and a share of {share}, wanted more than 0 and 0 to 1")
    k = items / (_normal(level) + _power(power)) ** 2 + 1
    slope = abs(1 - 2 * share)
    difference = (slope + math.sqrt(slope**2 + 8 * k * share * (1 - share))) / (2 * k)
    return min(difference, max(share, 1 - share))


def detectable_by_interval(interval: Interval | Difference, *, level: float = LEVEL, power: float = POWER) -> float:
    """Smallest difference that a test with an interval as wide as this one shows with probability `power`, about.

    For scores that are not right or wrong, such as word errors: the standard error is read off the interval. Of a single score, the
    figure that it is compared with is taken to be as uncertain.
    """
    error = (interval.high - interval.low) / (2 * _normal(level))
    return (_normal(level) + _power(power)) * error * (math.sqrt(2) if isinstance(interval, Interval) else 1.0)


def detectable_paired(items: float, disagreement: float, *, level: float = LEVEL, power: float = POWER) -> float:
    """Smallest difference in accuracy that a paired test shows where the two models disagree on this share of items (Connor, 1987).

    Solves (a sqrt(psi) + b sqrt(psi - d^2)) / sqrt(n) = d, with a = z_level and b = z_power; at most `disagreement` itself.
    """
    if items <= 0 or not 0 <= disagreement <= 1:
        raise ValueError(f"got {items} items and disagreement {disagreement}, wanted more than 0 and 0 to 1")
    a, b = _normal(level), _power(power)
    if items <= a * a:  # so few that no disagreement is enough
        return disagreement
    root = math.sqrt(items + b * b - a * a)
    return min(math.sqrt(disagreement) * (a * math.sqrt(items) + b * root) / (items + b * b), disagreement)


def effective_items(scores: ArrayLike, groups: ArrayLike | None = None) -> float:
    """How many independent items are worth as much as these N in groups: N over the design effect 1 + (m - 1) rho.

    rho is the correlation within groups by one-way analysis of variance, m the mean size weighted as there (Kish, 1965); never more
    than N, never less than the number of groups.
    """
    values = _averaged(scores)
    if groups is None:
        return float(len(values))
    numbers = np.unique(np.asarray(groups), return_inverse=True)[1]
    sizes = np.bincount(numbers).astype(float)
    n, k = len(values), len(sizes)
    if k < 2 or n <= k:
        return float(k)
    means = np.bincount(numbers, weights=values) / sizes
    between = float((sizes * (means - values.mean()) ** 2).sum()) / (k - 1)
    within = float(((values - means[numbers]) ** 2).sum()) / (n - k)
    m0 = (n - float((sizes**2).sum()) / n) / (k - 1)
    total = between + (m0 - 1) * within
    rho = max(0.0, (between - within) / total) if total > 0 else 0.0
    return max(float(k), n / (1 + (float((sizes**2).sum()) / n - 1) * rho))
