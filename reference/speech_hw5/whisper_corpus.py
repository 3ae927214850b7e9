"""Transcribed speech as plain lists, from whatever keeps it as a table: what pre-training learns from, and what fine-tuning mixes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Corpus:
    """Transcribed speech at 16 kHz.

    Attributes:
        clips: N waveforms (n_i,) in [-1, 1].
        texts, translations, languages: of each clip; an empty translation is none.
        phonemes: of each clip (T_i,), 50 per second from the beginning, 0 for silence; empty where unknown.
        fingerprint: tells this corpus from others.
    """

    clips: Sequence[NDArray[np.float32]]
    texts: Sequence[str]
    translations: Sequence[str]
    languages: Sequence[str]
    phonemes: Sequence[NDArray[np.int64]] = ()
    fingerprint: str = ""


@dataclass(frozen=True)
class General:
    """Speech of the kind that a checkpoint knows already: N clips, their texts, languages, and "transcribe" or "translate"."""

    clips: Sequence[NDArray[np.float32]]
    texts: Sequence[str]
    languages: Sequence[str]
    tasks: Sequence[str]


def corpus(table: Any) -> Corpus:
    """Take a part of a data set over.

    Args:
        table: has `waveforms`, `columns` with "text", "translation" and "language", `frame_labels` (phonemes, 50 per second, 0 for
            silence) and `fingerprint`.
    """
    return Corpus(
        clips=list(table.waveforms),
        texts=table.columns["text"].tolist(),
        translations=table.columns["translation"].tolist(),
        languages=table.columns["language"].tolist(),
        phonemes=[np.asarray(own, dtype=np.int64) for own in table.frame_labels],
        fingerprint=table.fingerprint,
    )


def general(whole: Corpus, count: int, seed: int = 0, translated: Sequence[str] = ("zh",)) -> General:
    """Draw clips from a corpus to mix into fine-tuning; those in `translated` languages come once more with their translations."""
    drawn = np.random.default_rng(seed).permutation(len(whole.texts))[:count].tolist()
    again = [place for place in drawn if whole.languages[place] in translated and whole.translations[place]]
    return General(
        clips=[whole.clips[place] for place in [*drawn, *again]],
        texts=[*(whole.texts[place] for place in drawn), *(whole.translations[place] for place in again)],
        languages=[whole.languages[place] for place in [*drawn, *again]],
        tasks=["transcribe"] * len(drawn) + ["translate"] * len(again),
    )
