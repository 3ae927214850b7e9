"""What the tests of `seeds` share: a cache of their own, and recordings of a known layout that a test writes."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from seeds.datasets import Dataset, digits

SMALL = digits.Recipe(speakers=5, takes=1)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's cache out of the tests."""
    before = os.environ.get("SANJEH_CACHE")
    os.environ["SANJEH_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["SANJEH_CACHE"]
    else:
        os.environ["SANJEH_CACHE"] = before


@pytest.fixture(scope="session")
def small() -> Dataset:
    """Five speakers, one take of each digit."""
    return digits.make(SMALL)


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


@pytest.fixture
def fsdd(tmp_path: Path) -> Write:
    """Write a copy in FSDD's layout: the digit d is a tone of 200 + 100 d Hz."""

    def write(speakers: tuple[str, ...] = ("ann", "bob", "cyd"), takes: int = 2) -> Path:
        folder = tmp_path / "fsdd" / "recordings"
        folder.mkdir(parents=True)
        for speaker in speakers:
            for digit in range(10):
                for take in range(takes):
                    (folder / f"{digit}_{speaker}_{take}.wav").write_bytes(wave(tone(8000, 200 + 100 * digit), 8000))
        return folder.parent

    return write


@pytest.fixture
def audio_mnist(tmp_path: Path) -> Write:
    """Write a copy in AudioMNIST's layout, with the same tones."""

    def write(speakers: tuple[str, ...] = ("01", "02", "03"), takes: int = 1) -> Path:
        folder = tmp_path / "AudioMNIST-master"
        for speaker in speakers:
            (folder / "data" / speaker).mkdir(parents=True)
            for digit in range(10):
                for take in range(takes):
                    path = folder / "data" / speaker / f"{digit}_{speaker}_{take}.wav"
                    path.write_bytes(wave(tone(48_000, 200 + 100 * digit), 48_000))
        return folder

    return write
