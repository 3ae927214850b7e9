"""Mel-frequency cepstral coefficients for embedded data that is kept as features, with NumPy and SciPy alone.

Equals `librosa.feature.mfcc(n_fft=window, hop_length=hop, center=False, dct_type=2, norm="ortho")`, Slaney's mel scale and areas,
decibels without a floor under the loudest.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct
from scipy.signal import get_window

FloatArray = NDArray[np.float64]

LINEAR_HZ_PER_MEL = 200 / 3
BREAK_HZ = 1000.0
LOG_STEP = np.log(6.4) / 27
"""Slaney's scale: linear up to 1 kHz, then 27 mels for a factor of 6.4."""
LEAST_POWER = 1e-10


def mfcc(signal: FloatArray, sample_rate: int, *, window: int, hop: int, n_mels: int, n_mfcc: int) -> NDArray[np.float32]:
    """Give the coefficients (T, n_mfcc), T = 1 + (n - window) // hop; frame t covers `window` samples from t * hop on.

    Args:
        signal: (n,) with n >= window.
        sample_rate: Hz.
        window: samples, also the length of the transform.
        hop: samples.
        n_mels: filters from 0 Hz to half the sample rate.
        n_mfcc: coefficients kept, at most n_mels.
    """
    frames = np.lib.stride_tricks.sliding_window_view(signal, window)[::hop]  # (T, window)
    power = np.abs(np.fft.rfft(frames * get_window("hann", window), axis=1)) ** 2  # (T, 1 + window // 2)
    mel = power @ mel_filters(sample_rate, window, n_mels).T  # (T, n_mels)
    level = 10 * np.log10(np.maximum(mel, LEAST_POWER))
    return np.asarray(dct(level, type=2, norm="ortho", axis=1)[:, :n_mfcc], dtype=np.float32)


@cache
def mel_filters(sample_rate: int, n_fft: int, n_mels: int) -> FloatArray:
    """Give triangular filters of unit area (n_mels, 1 + n_fft // 2), evenly spaced in mel."""
    corners = _to_hertz(np.linspace(0, _to_mel(sample_rate / 2), n_mels + 2))
    bins = np.fft.rfftfreq(n_fft, 1 / sample_rate)
    rising = (bins - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    falling = (corners[2:, None] - bins) / (corners[2:] - corners[1:-1])[:, None]
    filters: FloatArray = np.maximum(0, np.minimum(rising, falling)) * (2 / (corners[2:] - corners[:-2]))[:, None]
    return filters


def _to_mel(hertz: float) -> float:
    if hertz < BREAK_HZ:
        return hertz / LINEAR_HZ_PER_MEL
    return float(BREAK_HZ / LINEAR_HZ_PER_MEL + np.log(hertz / BREAK_HZ) / LOG_STEP)


def _to_hertz(mel: FloatArray) -> FloatArray:
    knee = BREAK_HZ / LINEAR_HZ_PER_MEL
    return np.where(mel < knee, mel * LINEAR_HZ_PER_MEL, BREAK_HZ * np.exp(LOG_STEP * (mel - knee)))
