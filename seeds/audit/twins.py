"""Which recordings are copies of one another, though louder, shifted, filtered, noisier, or cut out of a longer one.

Candidates share constellations at one distance in time. Each constellation's recordings are compared with their next few only, so
the work grows with the number of recordings, not with its square; copies share dozens of constellations and meet in some. The
verdict is the waveforms': their normalised cross-correlation, which is far lower between two utterances of the same word by the
same voice than between copies. A copy played faster or in another room is not found.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from seeds.audit.sound import Sound
from seeds.datasets.base import Dataset
from seeds.datasets.signals import FloatArray
from seeds.parallel import spread

NEXT = 4
"""Recordings compared with each in the list of one constellation."""
VOTES = 6
"""Constellations that two recordings must share at one distance in time."""
STEP = 3
"""Frames: distances in time that differ by less count as one."""
OVERLAP = 0.5
"""Share of the shorter recording, and of one's energy, that must lie in the overlap."""
BANDS_HZ = (100, 300, 600, 1000, 1500, 2300, 4000)
"""Edges of the bands that are correlated: where speech and music have most, and where filters and codecs leave something."""
SIMILAR = 0.88
"""Correlation from which two recordings are copies. Measured on the embedded digits: copies with noise at 10 dB, a low-pass at 3.4 kHz,
or low-pass, shift and noise at 20 dB, .97 and up; through a telephone's band-pass .97 in the middle, .875 at the 5th percentile; two
speakers at most .59; takes of one word by one voice .86 at most among 150, a monotonous voice now and then above."""
KEPT_BYTES = 512 * 2**20
"""Recordings kept at hand by each process while pairs are compared: some sets are played or decoded anew for every look."""


@dataclass(frozen=True)
class Pair:
    """Two recordings (first < second) and the constellations that they share."""

    first: int
    second: int
    votes: int


def candidates(sounds: Sequence[Sound]) -> list[Pair]:
    """Pair recordings whose prints agree, in order."""
    sizes = [len(sound.hashes) for sound in sounds]
    if not sum(sizes):
        return []
    hashes = np.concatenate([sound.hashes for sound in sounds])
    times = np.concatenate([sound.times for sound in sounds]).astype(np.int64)
    clips = np.repeat(np.arange(len(sounds), dtype=np.int64), sizes)
    order = np.argsort(hashes, kind="stable")  # stable: within a constellation, recordings stay in their order
    hashes, times, clips = hashes[order], times[order], clips[order]
    keys = []
    reach = 2 * (int(times.max()) // STEP + 2)
    for step in range(1, NEXT + 1):
        same = (hashes[step:] == hashes[:-step]) & (clips[step:] != clips[:-step])
        distance = (times[step:][same] - times[:-step][same]) // STEP + reach // 2
        keys.append((clips[:-step][same] * len(sounds) + clips[step:][same]) * reach + distance)
    found, votes = np.unique(np.concatenate(keys), return_counts=True)
    beside = np.zeros_like(votes)
    beside[:-1] = np.where(found[1:] == found[:-1] + 1, votes[1:], 0)  # a distance may fall on the border of two steps
    best: dict[int, int] = {}
    for pair, count in zip((found // reach).tolist(), (votes + beside).tolist(), strict=True):
        best[pair] = max(best.get(pair, 0), count)
    return [Pair(*divmod(pair, len(sounds)), count) for pair, count in sorted(best.items()) if count >= VOTES]


def correlation(one: FloatArray, two: FloatArray, rate: int) -> float:
    """Give the highest normalised correlation of two waveforms over all shifts, 0 to 1.

    Bands are correlated each by itself and their magnitudes added, so that a filter, which weighs and turns the phase of each, takes
    little away. Bands are moved down to 0 Hz and kept at their own low rate; hum below and hiss above them do not count.
    """
    size = scipy.fft.next_fast_len(len(one) + len(two), real=True)
    bands_one, bands_two = _bands(one, rate, size), _bands(two, rate, size)
    steps = bands_one.shape[1]
    products = np.abs(scipy.fft.ifft(bands_two * np.conj(bands_one), axis=1)).sum(axis=0)
    length_one, length_two = (-(-len(signal) * steps // size) for signal in (one, two))
    shifts = np.arange(1 - length_one, length_two)
    start, stop = np.maximum(0, -shifts), np.minimum(length_one, length_two - shifts)
    sums_one, sums_two = _energy(bands_one), _energy(bands_two)
    energy_one, energy_two = sums_one[:, stop] - sums_one[:, start], sums_two[:, stop + shifts] - sums_two[:, start + shifts]
    enough = stop - start >= OVERLAP * min(length_one, length_two)
    enough &= (energy_one.sum(axis=0) >= OVERLAP * sums_one[:, -1].sum()) | (
        energy_two.sum(axis=0) >= OVERLAP * sums_two[:, -1].sum()
    )
    scale = np.maximum(np.sqrt(energy_one * energy_two).sum(axis=0), np.finfo(np.float64).tiny)
    return min(1.0, float(np.max(np.where(enough, products[shifts % steps] / scale, 0.0), initial=0.0)))


def _bands(signal: FloatArray, rate: int, size: int) -> NDArray[np.complex128]:
    """Give the spectrum of each band (bands, steps), moved down to 0 Hz; `steps` samples are as long as `size` of the signal."""
    spectrum = scipy.fft.rfft(signal.astype(np.float64), size)
    places = [-(-edge * size // rate) for edge in BANDS_HZ]
    widest = max(high - low for low, high in pairwise(places))
    steps = scipy.fft.next_fast_len(2 * widest + 1)  # twice what it needs, so that a shift between two steps costs little
    bands = np.zeros((len(BANDS_HZ) - 1, steps), dtype=np.complex128)
    for band, (low, high) in zip(bands, pairwise(places), strict=True):
        part = spectrum[low:high]
        band[: len(part)] = part
    return bands


def _energy(bands: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Give the energy in each band up to each step: (bands, steps + 1)."""
    power = np.square(np.abs(scipy.fft.ifft(bands, axis=1)))
    return np.concatenate([np.zeros((len(bands), 1)), np.cumsum(power, axis=1)], axis=1)


def clusters(
    dataset: Dataset, sounds: Sequence[Sound], *, workers: int | None = None, progress: Callable[[int], object] | None = None
) -> list[NDArray[np.int64]]:
    """Give the sets of recordings that are copies of one another, each in order, two or more in each.

    Args:
        dataset: N recordings or features; features count as copies only where their bytes are equal.
        sounds: (N,) what `examine` saw of each.
        workers: processes; the result does not depend on it.
        progress: called with the number of pairs just compared.
    """
    by_content: dict[bytes, list[int]] = defaultdict(list)
    for index, sound in enumerate(sounds):
        if not sound.problem and (sound.peak > 0 or not sound.seconds):  # silence is no copy of silence
            by_content[dataset.waveforms.digest(index)].append(index)
    links = [(same[0], other) for same in by_content.values() for other in same[1:]]
    repeated = {other for _, other in links}
    distinct = [Sound() if index in repeated else sound for index, sound in enumerate(sounds)]
    pairs = candidates(distinct)
    task = partial(_compare, _Kept(dataset.waveforms.signal), dataset.sample_rate, pairs)
    for pair, similar in zip(pairs, spread(task, len(pairs), workers=workers), strict=True):
        if similar:
            links.append((pair.first, pair.second))
        if progress:
            progress(1)
    return _connected(links)


class _Kept:
    """Recordings by index, the last ones used kept at hand up to `KEPT_BYTES`."""

    def __init__(self, signal: Callable[[int], FloatArray]) -> None:
        self._signal = signal
        self._kept: OrderedDict[int, FloatArray] = OrderedDict()
        self._bytes = 0

    def __call__(self, index: int) -> FloatArray:
        """Give the recording at `index`."""
        if index in self._kept:
            self._kept.move_to_end(index)
            return self._kept[index]
        found = self._kept[index] = self._signal(index)
        self._bytes += found.nbytes
        while self._bytes > KEPT_BYTES and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return found


def _compare(signal: Callable[[int], FloatArray], rate: int, pairs: Sequence[Pair], index: int) -> bool:
    pair = pairs[index]
    return correlation(signal(pair.first), signal(pair.second), rate) >= SIMILAR


def _connected(links: Iterable[tuple[int, int]]) -> list[NDArray[np.int64]]:
    """Join links into sets."""
    root: dict[int, int] = {}

    def find(node: int) -> int:
        while root.setdefault(node, node) != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for one, two in links:
        low, high = sorted((find(one), find(two)))
        root[high] = low
    sets: dict[int, list[int]] = defaultdict(list)
    for node in sorted(root):
        sets[find(node)].append(node)
    return [np.array(members, dtype=np.int64) for _, members in sorted(sets.items())]
