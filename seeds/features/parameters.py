"""What to compute: one frozen set of parameters per kind of feature. Defaults are librosa's, which the course uses.

Each gives (T, D) for one signal, time along axis 0; `summary="mean"` averages over time and gives (1, D).
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np

from seeds.errors import DataError
from seeds.features import definition, spectra
from seeds.features.spectra import Framing, Real

Engine = Literal["numpy", "librosa"]
Normalize = Literal["none", "mean", "mean_variance"]
Summary = Literal["frames", "mean"]


class Parameters:
    """Everything that decides a kind of feature; to be a dataclass of plain values, since the cache goes by them."""

    @abstractmethod
    def compute(self, signal: Real, sample_rate: int, engine: Engine = "numpy") -> Real:
        """Give the features of one signal: (T, D).

        Raises:
            DataError: the signal has no features of this kind.
        """

    def key(self) -> dict[str, Any]:
        """Spell the parameters out, for the cache and for provenance."""
        return {"kind": type(self).__name__, **asdict(self)}  # type: ignore[call-overload]


@dataclass(frozen=True)
class Mfcc(Parameters):
    """Mel-frequency cepstral coefficients (T, n_mfcc * (1 + deltas)).

    Attributes:
        n_mfcc, n_mels, cut: as librosa's `mfcc`.
        deltas: 0, or 1 to append the slope, or 2 for slope and curvature.
        delta_width, delta_mode: frames that a slope is fitted to (odd), and what happens at the ends, as librosa's `delta`.
        normalize: cepstral normalisation over the utterance, of everything in it.
        summary: "frames", or "mean" over time.
    """

    n_mfcc: int = 13
    n_mels: int = 128
    cut: Framing = field(default_factory=Framing)
    deltas: int = 0
    delta_width: int = 9
    delta_mode: Literal["interp", "nearest"] = "interp"
    normalize: Normalize = "none"
    summary: Summary = "frames"

    def __post_init__(self) -> None:
        """Refuse what librosa would refuse, or cut short in silence."""
        if not 1 <= self.n_mfcc <= self.n_mels:
            raise DataError(f"got n_mfcc {self.n_mfcc} of {self.n_mels} mel bands, wanted 1 to {self.n_mels}")
        if self.deltas not in (0, 1, 2) or self.delta_width < 3 or self.delta_width % 2 == 0:
            raise DataError(f"got deltas {self.deltas} over {self.delta_width} frames, wanted 0 to 2 over an odd number from 3")

    def compute(self, signal: Real, sample_rate: int, engine: Engine = "numpy") -> Real:
        """Give the coefficients of one signal."""
        source = definition if engine == "librosa" else spectra
        cepstra = source.mfcc(signal, sample_rate, self.cut, self.n_mels, self.n_mfcc)
        slopes = [source.delta(cepstra, order, self.delta_width, self.delta_mode) for order in range(1, self.deltas + 1)]
        return _finish(np.concatenate([cepstra, *slopes], axis=1), self.normalize, self.summary)


@dataclass(frozen=True)
class LogMel(Parameters):
    """Mel spectrogram in dB below its maximum, as a picture (time, mel) of `size`; None leaves it (T, n_mels).

    The course resizes with scikit-image (order 1, smoothing first where it shrinks); librosa defines only the spectrogram.
    """

    n_mels: int = 128
    cut: Framing = field(default_factory=Framing)
    size: tuple[int, int] | None = (128, 128)

    def __post_init__(self) -> None:
        """Refuse empty pictures."""
        if self.n_mels < 1 or (self.size is not None and min(self.size) < 1):
            raise DataError(f"got {self.n_mels} mel bands and size {self.size}, wanted at least 1 each way")

    def compute(self, signal: Real, sample_rate: int, engine: Engine = "numpy") -> Real:
        """Give the picture of one signal."""
        if engine == "librosa":
            level = definition.mel_decibels(signal, sample_rate, self.cut, self.n_mels)
        else:
            level = spectra.decibels(spectra.mel_power(signal, sample_rate, self.cut, self.n_mels), None)
        return level if self.size is None else spectra.resize(level, self.size)


@dataclass(frozen=True)
class Trio(Parameters):
    """Spectral centroid in Hz, zero-crossing rate in [0, 1] and root mean square: (T, 3), in that order of columns."""

    cut: Framing = field(default_factory=Framing)
    summary: Summary = "frames"

    def compute(self, signal: Real, sample_rate: int, engine: Engine = "numpy") -> Real:
        """Give the three of one signal."""
        source = definition if engine == "librosa" else spectra
        columns = (
            source.centroid(signal, sample_rate, self.cut),
            source.zero_crossing_rate(signal, self.cut),
            source.rms(signal, self.cut),
        )
        return _finish(np.stack(columns, axis=1), "none", self.summary)


@dataclass(frozen=True)
class Given(Parameters):
    """Features that the data set holds already, (T, D), as the phonemes': packed into one memory map and normalised."""

    normalize: Normalize = "mean_variance"

    def compute(self, signal: Real, sample_rate: int, engine: Engine = "numpy") -> Real:
        """Give the features of one utterance."""
        if signal.ndim != 2:
            raise DataError(f"got a signal of shape {signal.shape}, wanted features (T, D): compute Mfcc from a waveform")
        return _finish(signal, self.normalize, "frames")


def _finish(features: Real, normalize: Normalize, summary: Summary) -> Real:
    """Normalise over time, then summarise."""
    if normalize != "none":
        features = spectra.standardize(features, variance=normalize == "mean_variance")
    return features.mean(axis=0, keepdims=True) if summary == "mean" else features
