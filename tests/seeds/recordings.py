"""Recordings that the tests of `seeds` write: tones in wave files, spelt out independently of the reader."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np


def wave(samples: np.ndarray, rate: int, *, channels: int = 1, bits: int = 16, before: bytes = b"") -> bytes:
    """Spell out a PCM wave file, independently of the reader; `before` are chunks ahead of the samples."""
    body = samples.astype("<i2" if bits == 16 else "u1").tobytes()
    frame = channels * bits // 8
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, rate, rate * frame, frame, bits)
    chunks = form + before + struct.pack("<4sI", b"data", len(body)) + body
    return struct.pack("<4sI4s", b"RIFF", 4 + len(chunks), b"WAVE") + chunks


def tone(rate: int, hertz: float, seconds: float = 0.1) -> np.ndarray:
    """Half of full scale at `hertz`, 16 bit."""
    return np.round(16384 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate))


Write = Callable[..., Path]
