"""How sure a measured score is: the bootstrap over groups of items, since one speaker's or artist's items stand or fall together.

Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 12 and 13; resampling whole groups after Davison and
Hinkley, Bootstrap Methods and their Application (1997), section 3.8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

REPLICATES = 2000
LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class Estimate:
    """A mean score with its 95 % percentile interval. `replicates` are the means of the resamples, sorted."""

    value: float
    low: float
    high: float
    items: int
    groups: int
    replicates: NDArray[np.float64]

    def reaches(self, cutoff: float) -> float:
        """The share of resamples whose mean is `cutoff` or more: how likely an equal test with other groups is to say so."""
        return float(np.mean(self.replicates >= cutoff))


def estimate(scores: ArrayLike, groups: Sequence[Any] | NDArray[Any] | None = None, *, seed: int = 0) -> Estimate:
    """The mean of `scores` (N,) and how far it may be trusted.

    `groups` (N,) names the speaker, artist or track of each item; whole groups are drawn with replacement. Without groups, or with a
    single one, items are. Few groups give rough intervals: `groups` says how many there were.

    Raises ValueError for scores that are empty, not finite or not of the length of `groups`.
    """
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise ValueError(f"scores of shape {values.shape}; wanted (N,) finite numbers, N at least 1")
    _, places = np.unique(np.arange(len(values)) if groups is None else np.asarray(groups), return_inverse=True)
    if len(places) != len(values):
        raise ValueError(f"{len(places)} groups for {len(values)} scores; wanted one for each")
    if places.max() == 0:
        places = np.arange(len(values))
    sums, counts = np.bincount(places, values), np.bincount(places)
    size = len(sums)
    draws = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=REPLICATES)
    means = np.sort((draws @ sums) / (draws @ counts))
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(float(values.mean()), float(low), float(high), len(values), size, means)
