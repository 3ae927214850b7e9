"""Word errors of stored transcripts: by the course's own scorer and normaliser, so that any record can be scored again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine.course_code import functions

NORMALIZERS = {"fa": "normalize", "en": "normalize_english", "zh": "normalize_chinese"}


def word_errors(
    references: Sequence[str], hypotheses: Sequence[str], language: str = "fa"
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Errors and words of N utterances, both sides normalised alike (Chinese by characters): (N,) and (N,)."""
    return _errors(tuple(references), tuple(hypotheses), language)


@lru_cache(maxsize=64)
def _errors(
    references: tuple[str, ...], hypotheses: tuple[str, ...], language: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    normalize = getattr(functions("speech_hw5", "normalize"), NORMALIZERS[language])
    found = functions("speech_hw5", "wer").score([normalize(one) for one in references], [normalize(one) for one in hypotheses])
    return np.asarray(found.errors, dtype=float), np.asarray(found.lengths, dtype=float)


def word_measures(references: Sequence[str], hypotheses: Sequence[str], language: str = "fa") -> dict[str, float]:
    """What stands beside a WER: each kind of error over the reference words, the mean of utterances, WER with spaces forgiven, and CER."""
    normalize = getattr(functions("speech_hw5", "normalize"), NORMALIZERS[language])
    wer = functions("speech_hw5", "wer")
    sides = [normalize(one) for one in references], [normalize(one) for one in hypotheses]
    total = wer.score(*sides).total
    kinds = {kind: total[kind] / total["lengths"] for kind in ("substitutions", "deletions", "insertions")}
    return {**kinds, "mean_wer": wer.mean_wer(*sides), "merged_wer": wer.merged_wer(*sides), "cer": wer.cer(*sides)}
