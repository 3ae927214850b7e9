"""Hidden checks of the features: every function against the reference on random input."""

from __future__ import annotations

import numpy as np

from graders.kit import check, equal, same
from graders.kit.proxy import Proxy
from graders.speech_hw4.inputs import numbers, random_clip, random_clips


@check("q2.mfcc")
def test_mfcc(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """MFCC of random clips, at 16 kHz and at other sample rates, long and short, loud and nearly silent."""
    for sample_rate, seconds in ((16000, 0.5), (8000, 0.731), (20000, 0.31)):
        same(student.features.mfcc, right.features.mfcc, random_clip(rng, int(seconds * sample_rate), sample_rate), sample_rate)
    same(student.features.mfcc, right.features.mfcc, random_clip(rng, 250, 16000), 16000)  # shorter than a frame
    same(student.features.mfcc, right.features.mfcc, np.zeros(4000), 16000)


@check("q2.delta")
def test_delta(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Slopes over time of random features, down to a clip of a single frame; and the 36 features of a clip."""
    for n_frames, width in ((30, 12), (7, 3), (3, 5), (1, 4)):
        same(student.features.delta, right.features.delta, rng.normal(size=(n_frames, width)))
    clip = random_clip(rng, 6000, 16000)
    cepstra = numbers(student.features.mfcc(clip, 16000), (-1, 12), "mfcc")  # her own: a slip in there costs points only there
    slope = right.features.delta(cepstra)
    wanted = np.concatenate([cepstra, slope, right.features.delta(slope)], axis=1)
    equal(student.features.features(clip, 16000), wanted, what="features: mfcc, their delta, and the delta of that")


@check("q2.flatten")
def test_flatten(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Clips of different length become rows: zeros after the last frame, frame after frame, long clips cut."""
    same(student.features.flatten, right.features.flatten, random_clips(rng, (5, 8, 3, 8), 4), 8)
    same(student.features.flatten, right.features.flatten, random_clips(rng, (12, 4, 20), 3), 12)
    same(student.features.flatten, right.features.flatten, random_clips(rng, (6, 9), 36), 5)


@check("q2.time_mean")
def test_time_mean(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Each clip's mean over its own frames, whatever the length of the others."""
    same(student.features.time_mean, right.features.time_mean, random_clips(rng, (5, 17, 9, 1), 12))
    same(student.features.time_mean, right.features.time_mean, random_clips(rng, (40,), 36))


@check("q2.standardize")
def test_standardize(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Both parts with the mean and deviation of the training part; constant columns are only centred."""
    scale, shift = np.exp(rng.normal(0, 1.5, size=6)), rng.normal(0, 3, size=6)
    train, other = (scale * rng.normal(size=(n, 6)) + shift for n in (40, 25))
    same(student.features.standardize, right.features.standardize, train, 0.5 * other + scale)
    train[:, 2], other[:, 2] = 3.0, 3.0 + rng.normal(size=25)  # as a padding column that an unseen, longer clip reaches
    same(student.features.standardize, right.features.standardize, train, other)
    same(student.features.standardize, right.features.standardize, train, other[:1])  # an unseen clip on its own
