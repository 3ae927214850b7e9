"""Features of one waveform in NumPy and SciPy, equal to librosa's, which is their definition (`definition.py`; the tests compare).

It is quicker than librosa and needs no compiler at first use. No step goes through BLAS: the mel filters are sparse and the
cosine transform is a fast one, so results depend on no number of threads. Precision follows the signal: float32 stays float32.

Shapes: signal (n,) in [-1, 1]; T frames; F = n_fft // 2 + 1 bins. Time runs along axis 0 of whatever is returned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, Self

import numpy as np
import scipy.fft
import scipy.ndimage
import scipy.signal
import scipy.sparse
from numpy.typing import NDArray

from seeds.errors import DataError

Real = NDArray[Any]

AMIN = 1e-10
"""Power below which all is silence: log(0) is put at -100 dB."""
TOP_DB = 80.0
"""Range kept below the loudest value of a clip, in dB."""
ZERO = 1e-10
"""Samples closer to zero than this count as zero where signs are compared."""
CONSTANT = 1e-10
"""A column that varies less than this over an utterance is constant."""
FRAMES_AT_ONCE = 128
"""Frames transformed at a time: their spectra fit into the processor's cache."""


@dataclass(frozen=True)
class Framing:
    """How a signal is cut: windows of `n_fft` samples (periodic Hann), one every `hop_length` samples.

    Attributes:
        center: the signal is extended by half a window at both ends, so that frame t is centred at t * hop_length; else only
            whole frames count, T = 1 + (n - n_fft) // hop_length. A signal shorter than one window is filled with zeros.
    """

    n_fft: int = 2048
    hop_length: int = 512
    center: bool = True

    def __post_init__(self) -> None:
        """Refuse windows that are none."""
        if self.n_fft < 2 or self.hop_length < 1:
            raise DataError(f"got n_fft {self.n_fft} and hop_length {self.hop_length}, wanted at least 2 and 1 samples")

    @classmethod
    def of_ms(cls, sample_rate: int, frame_ms: float = 25, hop_ms: float = 10, *, center: bool = False) -> Self:
        """Take lengths in milliseconds, rounded down to whole samples."""
        return cls(int(frame_ms * sample_rate / 1000), int(hop_ms * sample_rate / 1000), center)


def frames(signal: Real, cut: Framing, pad: Literal["constant", "edge"] = "constant") -> Real:
    """Cut (n,) into (T, n_fft), a view; `pad` is how the ends are extended where frames are centred."""
    if cut.center:
        signal = np.pad(signal, cut.n_fft // 2, mode=pad)
    if len(signal) < cut.n_fft:
        signal = np.pad(signal, (0, cut.n_fft - len(signal)))
    return np.lib.stride_tricks.sliding_window_view(signal, cut.n_fft)[:: cut.hop_length]


def magnitudes(signal: Real, cut: Framing) -> Iterator[Real]:
    """Give the magnitude spectrum (T, F) of (n,), `FRAMES_AT_ONCE` rows at a time."""
    cuts = frames(signal, cut)
    window = scipy.signal.get_window("hann", cut.n_fft).astype(signal.dtype)
    for start in range(0, len(cuts), FRAMES_AT_ONCE):
        yield np.abs(scipy.fft.rfft(cuts[start : start + FRAMES_AT_ONCE] * window, axis=1))


def hz_to_mel(hz: Real) -> Real:
    """Slaney's mel scale: linear below 1000 Hz (15 mel), logarithmic above (27 mel for a factor of 6.4)."""
    return np.where(hz < 1000.0, hz * 3 / 200, 15 + 27 * np.log(np.maximum(hz, 1000.0) / 1000.0) / np.log(6.4))


def mel_to_hz(mel: Real) -> Real:
    """The inverse of `hz_to_mel`."""
    return np.where(mel < 15.0, mel * 200 / 3, 1000.0 * 6.4 ** ((np.maximum(mel, 15.0) - 15) / 27))


@lru_cache(maxsize=32)
def mel_filters(sample_rate: int, n_fft: int, n_mels: int) -> Any:
    """Triangles of area 1 over Hz, equally spaced in mel from 0 to half the rate: sparse (n_mels, F), float32 as librosa's."""
    bins = np.arange(n_fft // 2 + 1) * sample_rate / n_fft
    corners = mel_to_hz(np.linspace(0.0, hz_to_mel(np.array(sample_rate / 2)), n_mels + 2))
    left, peak, right = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    triangles = np.maximum(0.0, np.minimum((bins - left) / (peak - left), (right - bins) / (right - peak)))
    return scipy.sparse.csr_array((triangles * 2.0 / (right - left)).astype(np.float32))


def mel_power(signal: Real, sample_rate: int, cut: Framing, n_mels: int) -> Real:
    """Power in mel bands: (n,) -> (T, n_mels)."""
    filters = mel_filters(sample_rate, cut.n_fft, n_mels).astype(signal.dtype)
    return np.concatenate([(filters @ np.square(some).T).T for some in magnitudes(signal, cut)])


def decibels(power: Real, reference: float | None = 1.0, top_db: float | None = TOP_DB) -> Real:
    """10 log10(power / reference), at least -100 dB absolute and at most `top_db` below the clip's loudest.

    `reference` None refers to the loudest, `top_db` None leaves out the second limit.
    """
    level = 10.0 * np.log10(np.maximum(power, AMIN))
    level -= level.max() if reference is None else 10.0 * np.log10(max(reference, AMIN))
    return np.asarray(level if top_db is None else np.maximum(level, level.max() - top_db), dtype=power.dtype)


def mfcc(signal: Real, sample_rate: int, cut: Framing, n_mels: int, n_mfcc: int, top_db: float | None = TOP_DB) -> Real:
    """Mel-frequency cepstral coefficients: (n,) -> (T, n_mfcc)."""
    level = decibels(mel_power(signal, sample_rate, cut, n_mels), top_db=top_db)
    cepstra: Real = scipy.fft.dct(level, type=2, axis=1, norm="ortho")
    return cepstra[:, :n_mfcc]


def delta(features: Real, order: int, width: int, mode: Literal["interp", "nearest"]) -> Real:
    """Slope (order 1) or curvature (2) over `width` frames by least squares: (T, D) -> (T, D).

    Raises:
        DataError: mode "interp" and fewer than `width` frames.
    """
    if mode == "interp" and len(features) < width:
        raise DataError(
            f'got {len(features)} frames for a delta over {width}: take a shorter delta_width, or delta_mode="nearest"'
        )
    slope: Real = scipy.signal.savgol_filter(features, width, deriv=order, polyorder=order, axis=0, mode=mode)
    return slope


def resize(image: Real, size: tuple[int, int]) -> Real:
    """Scale (T, D) to `size` by linear interpolation, smoothed first where it shrinks, as scikit-image's `resize` does."""
    factors = np.array(image.shape) / np.array(size)
    smooth = scipy.ndimage.gaussian_filter(image, np.maximum(0.0, (factors - 1) / 2), mode="mirror")
    scaled = scipy.ndimage.zoom(smooth, 1 / factors, order=1, mode="mirror", grid_mode=True)
    return np.asarray(np.clip(scaled, image.min(), image.max()))


def centroid(signal: Real, sample_rate: int, cut: Framing) -> Real:
    """The spectrum's centre of gravity in Hz, 0 in silence: (n,) -> (T,)."""
    hertz = (np.arange(cut.n_fft // 2 + 1) * sample_rate / cut.n_fft).astype(signal.dtype)
    centres = []
    for some in magnitudes(signal, cut):
        total = some.sum(axis=1)
        audible = total > np.finfo(signal.dtype).tiny
        centres.append((some * hertz).sum(axis=1) / np.where(audible, total, 1))
    return np.concatenate(centres)


def zero_crossing_rate(signal: Real, cut: Framing) -> Real:
    """The share of samples whose sign is not that of the sample before: (n,) -> (T,) in [0, 1]."""
    negative = frames(np.where(np.abs(signal) <= ZERO, 0.0, signal) < 0, cut, "edge")
    return np.asarray((negative[:, 1:] != negative[:, :-1]).sum(axis=1) / cut.n_fft)


def rms(signal: Real, cut: Framing) -> Real:
    """Root mean square: (n,) -> (T,)."""
    return np.asarray(np.sqrt(np.square(frames(signal, cut)).mean(axis=1)))


def standardize(features: Real, *, variance: bool = True) -> Real:
    """Cepstral normalisation of one utterance: every column of (T, D) to mean 0 and, with `variance`, deviation 1.

    A constant column is only centred: dividing by next to nothing would blow up noise.
    """
    centred = features - features.mean(axis=0, dtype=np.float64)
    if variance:
        deviation = centred.std(axis=0)
        centred /= np.where(deviation > CONSTANT, deviation, 1.0)
    return np.asarray(centred.astype(features.dtype))
