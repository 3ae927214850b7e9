"""What the tests of `seeds` share: a cache of their own, and copies of the real layouts that a test writes.

Makes `recordings` importable, whatever pytest's import mode.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from seeds.datasets import Dataset, digits

sys.path.insert(0, str(Path(__file__).parent))

from recordings import Write, tone, wave


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all of these tests."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _own_cache(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's cache out of the tests."""
    monkeypatch.setenv("SANJEH_CACHE", str(cache_folder))


@pytest.fixture
def recipe() -> digits.Recipe:
    """Five speakers, one take of each digit."""
    return digits.Recipe(speakers=5, takes=1)


@pytest.fixture
def small(recipe: digits.Recipe) -> Dataset:
    """The embedded digits of that recipe."""
    return digits.make(recipe)


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
