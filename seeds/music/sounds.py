"""Sounds: pitched notes from a table of one period, and drums from noise and falling tones.

Signals are (n,) float64 at `RATE` Hz, about 1 at their loudest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

Sound = NDArray[np.float64]

RATE = 22_050
"""Hz, that of GTZAN."""
TABLE = 2048
"""Samples in one stored period."""
HIGHEST_HZ = 9000.0
"""No harmonic lies above it, so that nothing folds back."""


@dataclass(frozen=True)
class Instrument:
    """How a note sounds.

    Attributes:
        roll_off: the k-th harmonic is k ** -roll_off.
        odd: level of the even harmonics, 0 (clarinet-like) to 1.
        attack_s, decay_s: time to full level, and time constant of the fall afterwards (large: it is held).
        darken_s: time constant with which the upper harmonics fade.
        vibrato: depth as a share of the pitch, at about 5.5 Hz.
        drive: how far the note is pushed into saturation; 0 is clean.
        breath: level of the noise within it.
    """

    roll_off: float
    odd: float = 1.0
    attack_s: float = 0.005
    decay_s: float = 0.6
    darken_s: float = 0.3
    vibrato: float = 0.0
    drive: float = 0.0
    breath: float = 0.0


INSTRUMENTS = {
    "piano": Instrument(1.4, decay_s=0.5, darken_s=0.25),
    "electric_piano": Instrument(2.2, odd=0.4, decay_s=0.9, darken_s=0.6),
    "organ": Instrument(1.1, odd=0.7, attack_s=0.01, decay_s=20, darken_s=20, vibrato=0.003),
    "strings": Instrument(1.0, attack_s=0.12, decay_s=8, darken_s=8, vibrato=0.006, breath=0.03),
    "clean_guitar": Instrument(1.2, decay_s=0.35, darken_s=0.12),
    "steel_guitar": Instrument(0.9, decay_s=0.55, darken_s=0.25),
    "crunch_guitar": Instrument(0.8, decay_s=1.2, darken_s=1.5, drive=2.5),
    "heavy_guitar": Instrument(0.5, decay_s=3.0, darken_s=4.0, drive=8.0),
    "saw": Instrument(1.0, attack_s=0.02, decay_s=6, darken_s=1.5),
    "warm_pad": Instrument(1.8, attack_s=0.15, decay_s=10, darken_s=10),
    "harmonica": Instrument(0.6, odd=0.6, attack_s=0.04, decay_s=5, darken_s=6, vibrato=0.012, breath=0.05),
    "flute": Instrument(2.4, attack_s=0.06, decay_s=6, darken_s=6, vibrato=0.008, breath=0.08),
    "fiddle": Instrument(0.8, attack_s=0.05, decay_s=6, darken_s=6, vibrato=0.012, breath=0.03),
    "saxophone": Instrument(0.9, odd=0.8, attack_s=0.04, decay_s=4, darken_s=3, vibrato=0.008, breath=0.06),
    "brass": Instrument(0.7, attack_s=0.03, decay_s=2, darken_s=0.8),
    "square": Instrument(1.0, odd=0.05, attack_s=0.01, decay_s=3, darken_s=2),
    "voice": Instrument(1.1, attack_s=0.04, decay_s=3, darken_s=4, vibrato=0.01, breath=0.1),
    "upright_bass": Instrument(1.9, decay_s=0.35, darken_s=0.1),
    "electric_bass": Instrument(1.4, decay_s=0.8, darken_s=0.3),
    "synth_bass": Instrument(1.0, decay_s=0.6, darken_s=0.12),
    "sub_bass": Instrument(3.5, decay_s=0.9, darken_s=1.0),
}


def play(instrument: Instrument, midi: float, seconds: float, random: Generator) -> Sound:
    """Play one note of MIDI number `midi` (69 is 440 Hz)."""
    n = max(64, int(seconds * RATE))
    time = np.arange(n) / RATE
    hertz = 440 * 2 ** ((midi - 69) / 12)
    phase = hertz * time + random.random()
    if instrument.vibrato:
        phase += hertz * instrument.vibrato / (2 * np.pi * 5.5) * np.sin(2 * np.pi * 5.5 * time)
    place = ((phase % 1) * TABLE).astype(np.int64)
    bright, dull = _table(instrument, hertz, 0.0), _table(instrument, hertz, 1.2)
    fade = np.exp(-time / instrument.darken_s)
    note = fade * bright[place] + (1 - fade) * dull[place]
    if instrument.drive:
        note = np.tanh((1 + instrument.drive) * note)
    if instrument.breath:
        note = note + instrument.breath * random.normal(size=n)
    release = np.minimum(1, (n - np.arange(n)) / (0.02 * RATE))
    shaped: Sound = note * np.minimum(1, time / instrument.attack_s) * np.exp(-time / instrument.decay_s) * release
    return shaped


def _table(instrument: Instrument, hertz: float, extra_roll_off: float) -> Sound:
    """Give one period, its loudest sample 1."""
    count = int(np.clip(HIGHEST_HZ / hertz, 1, 60))
    k = np.arange(1, count + 1)
    level = k ** -(instrument.roll_off + extra_roll_off)
    level[1::2] *= instrument.odd
    spectrum = np.zeros(TABLE // 2 + 1, dtype=np.complex128)
    spectrum[1 : count + 1] = level * np.exp(1j * 2.4 * k**2)  # spread phases keep the period from being one spike
    period = np.fft.irfft(spectrum)
    scaled: Sound = period / np.abs(period).max()
    return scaled


def drum(kind: str, tuning: float, random: Generator) -> Sound:
    """Strike a drum: kick, deep_kick, snare, brush, rim, clap, hat, open_hat, ride or crash; `tuning` about 1 scales its pitch."""
    length = {"hat": 0.06, "open_hat": 0.3, "ride": 0.5, "crash": 1.2, "deep_kick": 0.6, "rim": 0.05}.get(kind, 0.25)
    time = np.arange(int(length * RATE)) / RATE
    noise = random.normal(size=len(time))
    if kind in ("kick", "deep_kick"):
        floor, fall = (45.0, 0.28) if kind == "deep_kick" else (55.0, 0.09)
        sweep = tuning * (floor * time - 2.2 * floor * 0.03 * np.exp(-time / 0.03))
        hit = np.sin(2 * np.pi * sweep) * np.exp(-time / fall) + 0.15 * noise * np.exp(-time / 0.004)
    elif kind == "rim":
        hit = np.sin(2 * np.pi * 1700 * tuning * time) * np.exp(-time / 0.008) + 0.3 * noise * np.exp(-time / 0.004)
    elif kind == "clap":
        bursts = sum(np.where(time >= start, np.exp(-(time - start) / 0.008), 0) for start in (0, 0.012, 0.024))
        hit = _band(noise, 800 * tuning, 3500 * tuning) * (bursts + np.exp(-time / 0.07))
    elif kind in ("snare", "brush"):
        shell = np.sin(2 * np.pi * 190 * tuning * time) * np.exp(-time / 0.05)
        rattle = _band(noise, 1200, 8000) * np.exp(-time / (0.07 if kind == "snare" else 0.04))
        hit = (0.6 * shell if kind == "snare" else 0) + rattle
    else:
        low, fall = {"hat": (7000, 0.02), "open_hat": (6500, 0.12), "ride": (4500, 0.18), "crash": (3000, 0.5)}[kind]
        hit = _band(noise, min(low * tuning, 8500), 10_500) * np.exp(-time / fall)
        if kind == "ride":
            hit = hit + 0.3 * np.sin(2 * np.pi * 3300 * tuning * time) * np.exp(-time / 0.1)
    struck: Sound = hit / np.abs(hit).max()
    return struck


def _band(noise: Sound, low: float, high: float) -> Sound:
    """Keep the noise between two frequencies."""
    kept: Sound = sosfilt(butter(2, [low, high], "bandpass", fs=RATE, output="sos"), noise)
    return kept
