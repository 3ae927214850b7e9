"""Sounds that no known speaker makes: machines, weather and something like a goat, for the open set.

Signals are (n,) float64, at most 1 in magnitude, at `sample_rate` Hz; all chance comes from the generator that is passed in.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from scipy.signal import butter, lfilter, sosfilt

from seeds.speech.acoustics import FloatSignal, coloured_noise

NoiseMaker = Callable[[int, int, Generator], FloatSignal]
BLEAT_FORMANTS_HZ = ((650.0, 120.0), (1700.0, 180.0), (2600.0, 260.0), (3600.0, 400.0))
"""Centre and width of the resonances of a bleat: an open front vowel from a long muzzle."""


def bleats(n: int, sample_rate: int, random: Generator) -> FloatSignal:
    """Bleat like a goat: harmonics of 220 to 480 Hz, shaken 7 to 12 times a second, in calls of 0.5 to 1.1 s."""
    sound = np.zeros(n)
    size = random.uniform(0.85, 1.2)
    place = 0
    while place < n:
        call = _bleat(int(random.uniform(0.5, 1.1) * sample_rate), sample_rate, size, random)[: n - place]
        sound[place : place + len(call)] = call * random.uniform(0.6, 1.0)
        place += len(call) + int(random.uniform(0.05, 0.3) * sample_rate)
    return _unit(sound + 0.01 * coloured_noise(n, random))


def _bleat(n: int, sample_rate: int, size: float, random: Generator) -> FloatSignal:
    time = np.arange(n) / sample_rate
    shake = np.sin(2 * np.pi * random.uniform(7, 12) * time + random.uniform(0, 6.28))
    pitch = random.uniform(220, 480) * (1 - 0.15 * time / time[-1]) * (1 + 0.09 * shake)
    phase = 2 * np.pi * np.cumsum(pitch) / sample_rate
    source = sum(np.sin(k * phase) / k * (k * pitch < sample_rate / 2) for k in range(1, 25)) + 0.1 * random.normal(size=n)
    voiced = np.zeros(n)
    for centre, width in BLEAT_FORMANTS_HZ:
        radius = np.exp(-np.pi * width / sample_rate)
        voiced += lfilter([1 - radius], [1, -2 * radius * np.cos(2 * np.pi * centre * size / sample_rate), radius**2], source)
    envelope = np.minimum(1, np.minimum(time / 0.06, (time[-1] - time) / 0.12))
    call: FloatSignal = voiced * envelope * (1 + 0.5 * shake)
    return _unit(call)


def hum(n: int, sample_rate: int, random: Generator) -> FloatSignal:
    """Hum like a machine: harmonics of 45 to 130 Hz with slow beats, and its fan."""
    time = np.arange(n) / sample_rate
    base = random.uniform(45, 130)
    tones = sum(
        random.uniform(0.2, 1) / k**0.7 * np.sin(2 * np.pi * k * base * time + random.uniform(0, 6.28)) for k in range(1, 20)
    )
    beat = 1 + 0.3 * np.sin(2 * np.pi * random.uniform(0.3, 3) * time)
    return _unit(tones * beat + random.uniform(0.5, 2) * coloured_noise(n, random))


def wind(n: int, sample_rate: int, random: Generator) -> FloatSignal:
    """Blow: noise of a band whose level swells and sinks."""
    low = random.uniform(80, 500)
    band = sosfilt(butter(2, [low, low * random.uniform(3, 8)], "bandpass", fs=sample_rate, output="sos"), random.normal(size=n))
    swell = np.interp(np.arange(n), np.linspace(0, n, 12), random.uniform(0.1, 1, 12))
    return _unit(band * swell)


def knocks(n: int, sample_rate: int, random: Generator) -> FloatSignal:
    """Knock: bursts that ring for a few hundredths of a second, 3 to 10 a second, over faint noise."""
    hits = np.zeros(n)
    rate = random.uniform(3, 10)
    times = np.cumsum(random.exponential(sample_rate / rate, int(2 + 2 * rate * n / sample_rate))).astype(int)
    hits[times[times < n]] = random.uniform(0.3, 1, int(np.sum(times < n)))
    decay = np.arange(int(0.08 * sample_rate)) / sample_rate
    ring = np.exp(-decay / random.uniform(0.008, 0.03)) * np.sin(2 * np.pi * random.uniform(300, 3000) * decay)
    struck = np.convolve(hits, ring + 0.3 * random.normal(size=len(decay)) * np.exp(-decay / 0.01))[:n]
    return _unit(struck + 0.02 * coloured_noise(n, random))


NOISES: tuple[NoiseMaker, ...] = (hum, wind, knocks)


def _unit(sound: FloatSignal) -> FloatSignal:
    scaled: FloatSignal = sound / np.abs(sound).max()
    return scaled
