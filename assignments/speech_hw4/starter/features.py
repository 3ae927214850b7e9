"""Speech HW4, question 2: from a sound to numbers that a network can read. NumPy only.

Fill in the functions; keep their names and arguments. You may add functions of your own. The handout defines every term.
Shapes: n samples, T frames, N clips. Time runs along axis 0.
"""

import numpy as np


def mfcc(signal, sample_rate):
    """Mel-frequency cepstral coefficients of one clip.

    signal: (n,) float, in [-1, 1]. sample_rate: int, Hz.
    Returns (T, 12), T = 1 + (n - frame) // hop, with frames of 25 ms every 10 ms.
    """
    raise NotImplementedError("mfcc is yours to write: see the handout, section q2-mfcc")


def delta(features):
    """Slope of each column over time, by regression over two frames on each side.

    features: (T, D). Returns (T, D).
    """
    raise NotImplementedError("delta is yours to write: see the handout, section q2-delta")


def features(signal, sample_rate):
    """MFCC, their delta, and the delta of that, side by side.

    signal: (n,). sample_rate: int, Hz. Returns (T, 36).
    """
    raise NotImplementedError("features is yours to write: see the handout, section q2-delta")


def flatten(clips, n_frames):
    """One row per clip: every clip gets n_frames frames (zeros at the end, or cut), then its frames stand one after another.

    clips: list of (T_i, D), T_i may differ. Returns (N, n_frames * D).
    """
    raise NotImplementedError("flatten is yours to write: see the handout, section q2-rows")


def time_mean(clips):
    """One row per clip: the mean of its frames.

    clips: list of (T_i, D), T_i may differ. Returns (N, D).
    """
    raise NotImplementedError("time_mean is yours to write: see the handout, section q2-rows")


def standardize(train, other):
    """Both parts with the mean and standard deviation of `train` taken out.

    train: (N, D). other: (M, D). Returns (train, other) standardised, same shapes.
    """
    raise NotImplementedError("standardize is yours to write: see the handout, section q2-standardize")
