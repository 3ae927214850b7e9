"""From a clean utterance to a recording: vocal tract, silence, room, microphone, noise.

Signals are (n,) float64 at `sample_rate` Hz; all chance comes from the generator that is passed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.signal import fftconvolve, firwin2, resample_poly

FloatSignal = NDArray[np.float64]

SPEED_OF_DECAY = 6.9078  # ln(1000): amplitude falls by 60 dB over the reverberation time
EQUALISER_HZ = (0.0, 150.0, 400.0, 1000.0, 2500.0, 5000.0)
"""Where a microphone's gain is drawn; above the last it stays as it is."""
EQUALISER_TAPS = 255
MICROPHONE_DB = 6.0
"""Spread of a band's gain. It is what makes a clip's mean spectrum a poor guide to what is said, as real channels do."""


@dataclass(frozen=True, eq=False)
class Channel:
    """One speaker's room and microphone: two impulse responses, (r,) and (m,)."""

    room: FloatSignal
    microphone: FloatSignal


def resample(signal: FloatSignal, rate: int, wanted_rate: int, *, warp: float = 1.0) -> FloatSignal:
    """Bring the signal to `wanted_rate` as if it had been recorded at `rate * warp`.

    A warp above 1 is a shorter vocal tract: formants and pitch rise by that factor and time shrinks by it.
    """
    ratio = Fraction(wanted_rate / (rate * warp)).limit_denominator(200)  # within 0.01 %, and a short filter
    if warp == 1.0:
        ratio = Fraction(wanted_rate, rate)
    return np.asarray(resample_poly(signal, ratio.numerator, ratio.denominator), dtype=np.float64)


def trim(signal: FloatSignal, sample_rate: int, *, below_db: float = 40.0, keep_s: float = 0.02) -> FloatSignal:
    """Cut silence from both ends, keeping `keep_s` seconds of what is there.

    Silence is where the level over 10 ms is more than `below_db` under the loudest 10 ms.
    """
    block = sample_rate // 100
    whole = len(signal) // block
    if whole == 0:
        return signal
    level = np.sqrt(np.mean(signal[: whole * block].reshape(whole, block) ** 2, axis=1))
    loud = np.flatnonzero(level > level.max() * 10 ** (-below_db / 20))
    if not len(loud):
        return signal
    keep = int(keep_s * sample_rate)
    return signal[max(0, loud[0] * block - keep) : (loud[-1] + 1) * block + keep]


def draw_channel(random: Generator, sample_rate: int) -> Channel:
    """Draw a small room (reverberation 0.08 to 0.35 s) and a microphone (gain of each band drawn with 6 dB deviation)."""
    reverberation = random.uniform(0.08, 0.35)
    time = np.arange(int(reverberation * sample_rate)) / sample_rate
    room = random.normal(size=len(time)) * np.exp(-SPEED_OF_DECAY * time / reverberation)
    room[: int(0.002 * sample_rate)] = 0  # the first reflection comes after the direct sound
    room *= 10 ** (-random.uniform(5, 15) / 20) / np.sqrt(np.sum(room**2))
    room[0] = 1.0
    return Channel(room, draw_equaliser(random, sample_rate, spread_db=MICROPHONE_DB))


def draw_equaliser(random: Generator, sample_rate: int, *, spread_db: float) -> FloatSignal:
    """Draw the impulse response (255,) of a filter whose bands' gains deviate by `spread_db`."""
    gains_db = random.normal(0, spread_db, len(EQUALISER_HZ))
    edges = [*EQUALISER_HZ, sample_rate / 2]
    gains = 10 ** (np.append(gains_db, gains_db[-1]) / 20)
    return np.asarray(firwin2(EQUALISER_TAPS, edges, gains, fs=sample_rate), dtype=np.float64)


def vary(channel: Channel, random: Generator, sample_rate: int, *, spread_db: float) -> Channel:
    """Hold the microphone otherwise: the same room, every band's gain moved by about `spread_db`."""
    moved = draw_equaliser(random, sample_rate, spread_db=spread_db)
    return Channel(channel.room, np.asarray(fftconvolve(channel.microphone, moved, mode="same"), dtype=np.float64))


def record(signal: FloatSignal, channel: Channel, random: Generator, *, snr_db: float, peak: float) -> FloatSignal:
    """Play the signal in the room, take it up with the microphone, add noise and set the gain.

    Args:
        signal: what is said.
        channel: where and with what it is recorded.
        random: decides the noise.
        snr_db: level of the speech over that of the noise.
        peak: the largest magnitude afterwards, below 1.
    """
    heard = fftconvolve(signal, channel.room)[: len(signal)]
    heard = fftconvolve(heard, channel.microphone, mode="same")
    noise = coloured_noise(len(heard), random)
    noise *= np.sqrt(np.mean(heard**2)) * 10 ** (-snr_db / 20)
    mixed = heard + noise
    scaled: FloatSignal = mixed * (peak / np.abs(mixed).max())
    return scaled


def coloured_noise(n: int, random: Generator) -> FloatSignal:
    """Draw noise of unit power whose spectrum falls by 0 (white) to 6 dB (brown) per octave."""
    spectrum = np.fft.rfft(random.normal(size=n))
    frequency = np.maximum(np.arange(len(spectrum)), 1) / max(n, 1)
    spectrum *= frequency ** -random.uniform(0, 1)
    noise = np.fft.irfft(spectrum, n)
    unit: FloatSignal = noise / np.sqrt(np.mean(noise**2))
    return unit
