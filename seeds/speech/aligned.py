"""Recordings whose phonemes stay where they are: what the engine said when, after vocal tract, room and microphone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from seeds.speech.acoustics import FloatSignal, record, resample
from seeds.speech.cast import FULL_SCALE, Speaker
from seeds.speech.engine import Utterance

Mark = tuple[int, str]
"""Where something begins, in samples of the utterance, and what."""


def record_aligned(
    utterance: Utterance,
    marks: Sequence[Mark],
    who: Speaker,
    sample_rate: int,
    random: Generator,
    snr_db: tuple[float, float],
    silence_s: tuple[float, float],
    silence: str,
) -> tuple[FloatSignal, list[float], list[str]]:
    """Record an utterance between two silences of random length.

    Args:
        utterance: from the engine.
        marks: what sounds from when on; each lasts until the next.
        who: the speaker, whose vocal tract, room and microphone apply.
        sample_rate: Hz; the rate that `who` was drawn for.
        random: decides silences, noise and gain.
        snr_db: lowest and highest ratio of speech to noise.
        silence_s: shortest and longest silence before and after, in seconds.
        silence: the name of silence; the engine's own at the end is cut.

    Returns:
        The recording (n,), and where each mark begins in it (in samples) with its name; the last is the closing silence.
    """
    dry = resample(utterance.samples / (FULL_SCALE + 1), utterance.sample_rate, sample_rate, warp=who.warp)
    scale = len(dry) / len(utterance.samples)
    before, after = (int(random.uniform(*silence_s) * sample_rate) for _ in range(2))
    spoken = list(marks)
    end = len(dry)
    while spoken and spoken[-1][1] == silence:
        end = round(spoken.pop()[0] * scale)
    padded = np.pad(dry[:end], (before, after))
    heard = record(padded, who.channel, random, snr_db=random.uniform(*snr_db), peak=random.uniform(0.1, 0.9))
    starts = [before + sample * scale for sample, _ in spoken] + [float(before + end)]
    return heard, starts, [name for _, name in spoken] + [silence]


def label_frames(starts: Sequence[float], labels: Sequence[int], centres: NDArray[np.float64], before: int) -> NDArray[np.int16]:
    """Label each frame with what sounds at its centre.

    Args:
        starts: (M,) where each label begins, in the unit of `centres`, ascending.
        labels: (M,) the labels.
        centres: (T,) the middle of each frame.
        before: the label ahead of the first start.
    """
    place = np.searchsorted(np.asarray(starts), centres, side="right")
    return np.asarray([before, *labels], dtype=np.int16)[place]
