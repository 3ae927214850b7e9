"""Speech HW5, question 3: how sure a word error rate is, by the bootstrap (Efron and Tibshirani 1993; for WER, Bisani and Ney 2004).

A test set is a sample: other utterances of the same kind would have given another WER. The bootstrap draws test sets of the same size from
the one at hand, with replacement, and looks at how the figure varies.

- Whole speakers are drawn, where they are known (`groups`): one speaker's utterances resemble each other, and counting them as independent
  makes intervals too narrow. Below about ten speakers the interval is still rather too narrow; the results say how many there were.
- Before and after are drawn together (`paired`): both systems meet the same utterances, so what makes one hard cancels out.
- Counts are drawn, not texts: an utterance, or all of a speaker, is a row (errors, words) that is counted once.
- Another training run with another seed varies too, for another reason. `across_seeds` keeps the two apart.

Errors and words come from `wer.score`: `scores.errors` and `scores.lengths`.
"""

from dataclasses import dataclass

import numpy as np

REPLICATES = 10_000
LEVEL = 0.95
FEW_GROUPS = 10
BLOCK = 1 << 18  # draws made at once: 2 MB, which a processor's cache holds


@dataclass(frozen=True)
class Estimate:
    """A value with its interval from `low` to `high`, the standard error, and how many independent groups it rests on."""

    value: float
    low: float
    high: float
    error: float
    n_groups: int

    @property
    def few(self):
        """Whether the groups are too few to trust the interval's width."""
        return self.n_groups < FEW_GROUPS


@dataclass(frozen=True)
class Single:
    """One system: its corpus WER, and the share of replicates at or below the cut-off (None where none was given)."""

    wer: Estimate
    within_cutoff: float | None


@dataclass(frozen=True)
class Paired:
    """Two systems on the same utterances.

    `reduction` is before - after, `relative` is that over before; `better` is the share of replicates in which after is lower.
    """

    before: Estimate
    after: Estimate
    reduction: Estimate
    relative: Estimate
    better: float
    within_cutoff: float | None


@dataclass(frozen=True)
class AcrossSeeds:
    """Several training runs, tested on the same utterances.

    `by_seed` are their WERs. `wer` is their mean, its interval from the choice of utterances alone. `seed_deviation` is the standard
    deviation between runs (n - 1), the spread of one more run on this test set; None for a single run.
    """

    by_seed: tuple[float, ...]
    wer: Estimate
    seed_deviation: float | None

    @property
    def both(self):
        """Standard deviation of one more run on another test set: both sources together."""
        return None if self.seed_deviation is None else float(np.hypot(self.wer.error, self.seed_deviation))


def single(errors, words, groups=None, *, cutoff=None, replicates=REPLICATES, level=LEVEL, seed=0):
    """The corpus WER of one system with its interval, and P(WER <= cutoff).

    errors, words: (N,) counts of each utterance. groups: (N,) speakers, None where every utterance is its own group.
    level: share of the replicates inside the interval, in (0, 1). Returns Single. Raises ValueError for counts that fit no test set.
    """
    sums, n_groups = _sums([errors, words], groups)
    drawn, whole = _draw(sums, replicates, seed), sums.sum(axis=0)
    rates = drawn[:, 0] / drawn[:, 1]
    return Single(_estimate(whole[0] / whole[1], rates, level, n_groups), _share(rates, cutoff))


def paired(before, after, words, groups=None, *, cutoff=None, replicates=REPLICATES, level=LEVEL, seed=0):
    """What changed from one system to another on the same utterances.

    before, after: (N,) errors of each utterance; words: (N,); the rest as in `single`; cutoff is for the WER after. Returns Paired.
    """
    sums, n_groups = _sums([before, after, words], groups)
    drawn, whole = _draw(sums, replicates, seed), sums.sum(axis=0)
    rates, values = drawn[:, :2] / drawn[:, 2:], whole[:2] / whole[2]
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(rates[:, 0] > 0, 1 - rates[:, 1] / rates[:, 0], 0.0)
        whole_relative = 1 - values[1] / values[0] if values[0] > 0 else 0.0
    return Paired(
        before=_estimate(values[0], rates[:, 0], level, n_groups),
        after=_estimate(values[1], rates[:, 1], level, n_groups),
        reduction=_estimate(values[0] - values[1], rates[:, 0] - rates[:, 1], level, n_groups),
        relative=_estimate(whole_relative, relative, level, n_groups),
        better=float((rates[:, 1] < rates[:, 0]).mean()),
        within_cutoff=_share(rates[:, 1], cutoff),
    )


def across_seeds(errors, words, groups=None, *, replicates=REPLICATES, level=LEVEL, seed=0):
    """How much of the uncertainty is the training seed's, and how much the test set's.

    errors: (n_seeds, N), one row per training run; words: (N,). Returns AcrossSeeds.
    """
    errors = np.atleast_2d(errors)
    sums, n_groups = _sums([*errors, words], groups)
    drawn, whole = _draw(sums, replicates, seed), sums.sum(axis=0)
    by_seed = whole[:-1] / whole[-1]
    rates = drawn[:, :-1].mean(axis=1) / drawn[:, -1]
    deviation = float(by_seed.std(ddof=1)) if len(by_seed) > 1 else None
    return AcrossSeeds(tuple(by_seed.tolist()), _estimate(by_seed.mean(), rates, level, n_groups), deviation)


def _sums(columns, groups):
    """Counts added up by group: (n_groups, columns), after a look at whether they can be counts."""
    rows = np.stack([np.asarray(column) for column in columns], axis=-1) if _even(columns) else np.empty((0, 0))
    if rows.ndim != 2 or not len(rows):
        raise ValueError(
            f"got counts of the shapes {[np.shape(one) for one in columns]}, wanted one number per utterance in each"
        )
    if not np.isfinite(rows).all() or (rows < 0).any():
        raise ValueError("got a negative or missing count; errors and words are counts of one utterance each, not rates")
    if not rows[:, -1].any():
        raise ValueError("the references hold no word, so there is no error rate; check the transcripts")
    if groups is None:
        return rows.astype(np.int64), len(rows)
    if len(groups) != len(rows):
        raise ValueError(f"got {len(groups)} groups for {len(rows)} utterances, wanted one each")
    names, place = np.unique(np.asarray(groups), return_inverse=True)
    sums = np.zeros((len(names), rows.shape[1]), dtype=np.int64)
    np.add.at(sums, place, rows.astype(np.int64))
    return sums, len(names)


def _even(columns):
    return len({np.shape(column) for column in columns}) == 1


def _draw(sums, replicates, seed):
    """Totals of test sets drawn with replacement: (n_groups, columns) -> (replicates, columns). Sets without words are left out."""
    rng = np.random.default_rng(seed)
    columns = [np.ascontiguousarray(column, dtype=float) for column in sums.T]
    drawn = np.empty((replicates, len(columns)))
    step = max(1, BLOCK // len(sums))
    for start in range(0, replicates, step):
        chosen = rng.integers(len(sums), size=(min(step, replicates - start), len(sums)))
        for number, column in enumerate(columns):
            drawn[start : start + step, number] = column.take(chosen, mode="wrap").sum(axis=1)  # "wrap" skips the check of bounds
    return drawn[drawn[:, -1] > 0]


def _estimate(value, rates, level, n_groups):
    """A value with the percentiles of its replicates."""
    if not 0 < level < 1:
        raise ValueError(f"level is {level}, wanted a share between 0 and 1, such as 0.95")
    low, high = np.quantile(rates, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(float(value), float(low), float(high), float(rates.std(ddof=1)), n_groups)


def _share(rates, cutoff):
    return None if cutoff is None else float((rates <= cutoff).mean())
