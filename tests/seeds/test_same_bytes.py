"""Every embedded set is the same to the last byte in whatever process it is made, by however many workers, from an empty cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from seeds.datasets import discover

CODE = """
import json
import sys
from functools import partial
from seeds.datasets import digits, genres, persian, phonemes, points, speakers

seed = int(sys.argv[2])
makers = {
    "digits": partial(digits.make, digits.Recipe(speakers=5, takes=1, seed=seed)),
    "genres": partial(genres.make, genres.Recipe(artists=5, tracks=1, seconds=1.0, seed=seed)),
    "persian": partial(persian.make, persian.Recipe(train=6, validation=3, test=4, generic=30, voices=2, home=0.1, seed=seed)),
    "phonemes": partial(phonemes.make, phonemes.Recipe(speakers=5, utterances=1, seed=seed)),
    "speakers": partial(speakers.make, speakers.Recipe(speakers=3, recordings=5, clips=1, strangers=4, seed=seed), outsiders=True),
}
found = {name: make(workers=int(sys.argv[1])).fingerprint for name, make in makers.items()}
print(json.dumps(found | {"points": points.make(points.Recipe(points=12, seed=seed)).fingerprint}))
"""


def made(folder: Path, workers: int, seed: int = 42) -> dict[str, str]:
    """Fingerprints of small sets that a process of its own makes in an empty cache."""
    apart = {**os.environ, "SANJEH_CACHE": str(folder), "PYTHONHASHSEED": str(workers)}
    command = [sys.executable, "-c", CODE, str(workers), str(seed)]
    done = subprocess.run(command, env=apart, capture_output=True, text=True, check=True, timeout=300)
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return made(tmp_path_factory.mktemp("alone"), 1)


def test_any_process_and_number_of_workers_makes_the_same_bytes(alone: dict[str, str], tmp_path: Path) -> None:
    assert set(alone) == set(discover())
    assert made(tmp_path, 3) == alone


def test_another_seed_makes_other_bytes(alone: dict[str, str], tmp_path: Path) -> None:
    other = made(tmp_path, 2, seed=7)
    assert [name for name in alone if other[name] == alone[name]] == []
