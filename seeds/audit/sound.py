"""One recording under the magnifying glass: whether it can be read, how loud it is, and a print to recognise it by.

A print is a set of constellations of spectral peaks, after Wang (2003), "An industrial-strength audio search algorithm", with three
peaks each in place of two: a clip of half a second has few peaks, so each constellation must say more. Peaks stay where they are
when the clip gets quieter, starts a little earlier, goes through a filter or gains some noise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.fft
import scipy.ndimage
from numpy.typing import NDArray

from seeds.datasets.base import Dataset
from seeds.datasets.signals import FloatArray

WINDOW_S, HOP_S = 0.064, 0.016
"""A bin of 15.6 Hz, at whatever rate: a copy at another rate has the same print."""
BAND_HZ = (100.0, 4000.0)
"""Telephones, codecs and room noise leave this band alone."""
NEIGHBOURHOOD = (5, 9)
"""Frames and bins around a peak that must be lower."""
PEAK_RANGE = 10 ** (-45 / 20)
"""Peaks more than 45 dB below the highest drown in noise."""
PEAKS_PER_SECOND, PEAKS_AT_LEAST, PEAKS_AT_MOST = 25, 12, 200
FAN = (5, 3)
"""Peaks tried as the second, and after it as the third, of a constellation."""
REACH = 64
"""Frames from the first peak of a constellation to its last, at most."""
EDGES_HZ = (4000, 5512, 8000, 11025, 12000, 16000)
"""Half of the usual sampling rates, and where codecs cut: what a recording was once limited to."""
FLAT = 3
"""So many samples in a row at the clip's own extreme are no peak of a sound: the top was cut off."""
AUDIBLE = 1e-9


@dataclass(frozen=True, eq=False)
class Sound:
    """What was seen of one signal.

    Attributes:
        problem: why it cannot be used, "" where it can.
        seconds: length, 0 for features.
        peak, rms: of full scale.
        clipped: share of samples that stand in flat tops.
        cliffs: (len(EDGES_HZ),) by how many dB the spectrum falls across each edge, NaN where the rate has no such edge.
        hashes, times: (K,) the print's constellations, and in which frame each begins.
    """

    problem: str = ""
    seconds: float = 0.0
    peak: float = 0.0
    rms: float = 0.0
    clipped: float = 0.0
    cliffs: NDArray[np.float64] = field(default_factory=lambda: np.full(len(EDGES_HZ), np.nan))
    hashes: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    times: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))


def examine(dataset: Dataset, index: int) -> Sound:
    """Look at one signal; whatever is wrong with it becomes its `problem`."""
    try:
        signal = dataset.waveforms.signal(index)
    except Exception as error:
        return Sound(problem=f"cannot be read ({type(error).__name__}: {error})")
    if not signal.size:
        return Sound(problem="is empty")
    if not np.isfinite(signal).all():
        return Sound(problem="holds values that are not finite")
    if signal.ndim != 1:
        return Sound(peak=float(np.abs(signal).max()), rms=float(np.sqrt(np.mean(np.square(signal, dtype=np.float64)))))
    peak, rate = float(np.abs(signal).max()), dataset.sample_rate
    if peak <= AUDIBLE:
        return Sound(seconds=len(signal) / rate)
    frames = [spectrum(signal[start:], rate) for start in (0, round(HOP_S * rate / 2))]
    prints = [constellations(*peaks(magnitude, rate)) for magnitude in frames if len(magnitude)]
    hashes, first = np.unique(np.concatenate([one for one, _ in prints]), return_index=True)
    return Sound(
        seconds=len(signal) / rate,
        peak=peak,
        rms=float(np.sqrt(np.mean(np.square(signal, dtype=np.float64)))),
        clipped=clipped(signal),
        cliffs=cliffs(np.square(frames[0]).mean(axis=0), rate),
        hashes=hashes,
        times=np.concatenate([times for _, times in prints])[first].astype(np.int32),
    )


def clipped(signal: FloatArray) -> float:
    """Give the share of samples in flat tops: `FLAT` or more in a row at the highest or at the lowest value."""
    count = 0
    for extreme in (signal.max(), signal.min()):
        at = np.concatenate([[False], signal == extreme, [False]])
        starts, stops = np.flatnonzero(at[1:] & ~at[:-1]), np.flatnonzero(at[:-1] & ~at[1:])
        lengths = stops - starts
        count += int(lengths[lengths >= FLAT].sum())
    return count / len(signal)


def spectrum(signal: FloatArray, rate: int) -> FloatArray:
    """Give magnitudes (T, F) over windows of `WINDOW_S`, one every `HOP_S`, centred."""
    window, hop = round(WINDOW_S * rate), round(HOP_S * rate)
    padded = np.pad(signal, (window // 2, window))
    cuts = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    return np.asarray(np.abs(scipy.fft.rfft(cuts * np.hanning(window + 1)[:-1].astype(np.float32), axis=1)))


def cliffs(power: NDArray[Any], rate: int) -> NDArray[np.float64]:
    """Give by how many dB a mean spectrum (F,) falls across each usual edge, NaN where the rate has no such edge."""
    hertz = np.arange(len(power)) * rate / (2 * (len(power) - 1))
    floor = power.max() * 1e-12
    falls = np.full(len(EDGES_HZ), np.nan)
    for place, edge in enumerate(EDGES_HZ):
        below = power[(hertz > 0.8 * edge) & (hertz < 0.92 * edge)]
        above = power[(hertz > 1.08 * edge) & (hertz < 1.4 * edge)]
        if edge < 0.45 * rate and len(below) and len(above):
            falls[place] = 10 * np.log10((below.mean() + floor) / (above.mean() + floor))
    return falls


def peaks(magnitude: FloatArray, rate: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the strongest local peaks: their frames and bins, in order of time."""
    hertz = np.arange(magnitude.shape[1]) / WINDOW_S
    band = magnitude[:, (hertz >= BAND_HZ[0]) & (hertz <= BAND_HZ[1])]
    if not band.size:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    highest = scipy.ndimage.maximum_filter(band, size=NEIGHBOURHOOD)
    frames, bins = np.nonzero((band == highest) & (band > max(band.max() * PEAK_RANGE, AUDIBLE)))
    wanted = int(np.clip(PEAKS_PER_SECOND * len(band) * HOP_S, PEAKS_AT_LEAST, PEAKS_AT_MOST))
    strongest = np.argsort(-band[frames, bins], kind="stable")[:wanted]
    order = strongest[np.lexsort((bins[strongest], frames[strongest]))]
    return frames[order], bins[order]


def constellations(frames: NDArray[np.int64], bins: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Join peaks by threes: (K,) numbers made of three bins and two distances in frames, and the frames where they begin."""
    hashes, times = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for second in range(1, FAN[0] + 1):
        for third in range(1, FAN[1] + 1):
            first = np.arange(max(0, len(frames) - second - third))
            b, c = first + second, first + second + third
            near = frames[c] - frames[first] < REACH
            a, b, c = first[near], b[near], c[near]
            number = (bins[a] * 256 + bins[b]) * 256 + bins[c]
            hashes.append((number * REACH + frames[b] - frames[a]) * REACH + frames[c] - frames[a])
            times.append(frames[a])
    return np.concatenate(hashes), np.concatenate(times)
