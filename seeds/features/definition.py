"""What the features are: librosa's own. Slower than `spectra.py`, which must equal it; librosa is an optional part.

Every function is called as there and gives what is given there.
"""

from __future__ import annotations

import importlib
from typing import Any, Literal

import numpy as np

from seeds.errors import DataError
from seeds.features.spectra import Framing, Real

INSTALL = 'pip install "sanjeh[independent]"'


def _librosa() -> Any:
    """Import librosa when it is first needed: it takes seconds.

    Raises:
        DataError: it is not installed.
    """
    try:
        return importlib.import_module("librosa")
    except ImportError as error:
        remedy = f'{INSTALL}, or take engine="numpy", which gives the same'
        raise DataError(f"librosa, which defines the features, cannot be imported here ({error}): {remedy}") from error


def _arguments(signal: Real, cut: Framing) -> dict[str, Any]:
    """Fill a short signal to one frame (librosa refuses it), and name the rest as librosa does."""
    short = 0 if cut.center else max(0, cut.n_fft - len(signal))
    return {"y": np.pad(signal, (0, short)), "hop_length": cut.hop_length, "center": cut.center}


def mel_decibels(signal: Real, sample_rate: int, cut: Framing, n_mels: int) -> Real:
    """Power in mel bands in dB below the loudest: (n,) -> (T, n_mels)."""
    librosa = _librosa()
    power = librosa.feature.melspectrogram(sr=sample_rate, n_fft=cut.n_fft, n_mels=n_mels, **_arguments(signal, cut))
    level: Real = librosa.power_to_db(power, ref=np.max).T
    return level


def mfcc(signal: Real, sample_rate: int, cut: Framing, n_mels: int, n_mfcc: int) -> Real:
    """Mel-frequency cepstral coefficients: (n,) -> (T, n_mfcc)."""
    feature = _librosa().feature
    cepstra: Real = feature.mfcc(sr=sample_rate, n_fft=cut.n_fft, n_mels=n_mels, n_mfcc=n_mfcc, **_arguments(signal, cut)).T
    return cepstra


def delta(features: Real, order: int, width: int, mode: Literal["interp", "nearest"]) -> Real:
    """Slope (order 1) or curvature (2) over `width` frames: (T, D) -> (T, D)."""
    slope: Real = _librosa().feature.delta(features, order=order, width=width, axis=0, mode=mode)
    return slope


def centroid(signal: Real, sample_rate: int, cut: Framing) -> Real:
    """The spectrum's centre of gravity in Hz: (n,) -> (T,)."""
    row: Real = _librosa().feature.spectral_centroid(sr=sample_rate, n_fft=cut.n_fft, **_arguments(signal, cut))[0]
    return row


def zero_crossing_rate(signal: Real, cut: Framing) -> Real:
    """The share of samples whose sign is not that of the sample before: (n,) -> (T,) in [0, 1]."""
    row: Real = _librosa().feature.zero_crossing_rate(frame_length=cut.n_fft, **_arguments(signal, cut))[0]
    return row


def rms(signal: Real, cut: Framing) -> Real:
    """Root mean square: (n,) -> (T,)."""
    row: Real = _librosa().feature.rms(frame_length=cut.n_fft, **_arguments(signal, cut))[0]
    return row
