"""The genres task from sound to outcome, on ten short noises a part, so that it needs neither the music nor minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.engine import task as tasks
from benchmarks.engine.task import Case, Setting
from benchmarks.tasks import genres
from seeds.datasets.base import PARTS, Dataset

RATE, SECONDS = 22_050, 0.7


@pytest.fixture
def noises(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Dataset:
    """Genre g is noise whose loudness swings g + 1 times a second; artists are of one part."""
    random = np.random.default_rng(0)
    time = np.arange(int(RATE * SECONDS)) / RATE
    labels = np.tile(np.arange(10), 3)
    sounds = [random.normal(scale=0.1, size=len(time)) * (1 + np.sin(2 * np.pi * (one + 1) * time)) for one in labels]
    parts, names = np.repeat(PARTS, 10), np.array([f"artist {n}" for n in range(30)])
    made = Dataset("genres", sounds, RATE, labels, tuple("abcdefghij"), names, parts, names)
    monkeypatch.setattr(tasks, "active", lambda name: made)
    monkeypatch.setenv("SANJEH_CACHE", str(tmp_path))
    return made


def brief(name: str) -> Case:
    found = next(case for case in genres.cases("small") if case.name == name)
    return replace(found, config={**found.config, "epochs": 2, "frames_per_step": 2})


def settings(count: int) -> Sequence[Setting]:
    return [Setting(seed, "small", "cpu") for seed in range(count)]


def test_inputs_are_scaled_by_the_training_part_alone(noises: Dataset) -> None:
    frames = genres.inputs(noises, {"inputs": "frames", "frames_per_step": 1})
    seen = frames[:10]
    np.testing.assert_allclose(seen.mean(axis=(0, 1)), 0, atol=1e-4)
    np.testing.assert_allclose(seen.std(axis=(0, 1)), 1, atol=1e-3)
    assert abs(frames[10:].mean()) > 1e-6
    assert frames.shape == (30, 1 + (int(RATE * SECONDS) - 551) // 512, 13)
    assert genres.inputs(noises, {"inputs": "averages"}).shape == (30, 13, 1)
    picture = genres.inputs(noises, {"inputs": "picture", "side": 32})
    assert picture.shape == (30, 1, 32, 32) and abs(picture[:10].mean()) < 1e-4


@pytest.mark.parametrize(("name", "parameters"), [("LSTM 128, averages", 75_466), ("BiLSTM 64+64, frames", 147_658)])
def test_outcomes_are_whole(noises: Dataset, name: str, parameters: int) -> None:
    """Parameters are those that the course's documents print (or, for 13 numbers per frame, that follow)."""
    first, second = genres.run_all(brief(name), settings(2))
    assert first.parameters == parameters
    assert first.predictions is not None and first.split is not None and first.split.test == 10
    labels, predicted, _ = first.predictions.arrays()
    assert labels.tolist() == list(range(10)) and first.metrics["accuracy"] == pytest.approx((labels == predicted).mean())
    assert {len(curve) for curve in first.curves.values()} == {2} and first.curves["loss"] != second.curves["loss"]
    assert first.kernel["training"] == "one seed at a time" and "lstm" in first.kernel
    assert genres.run_all(brief(name), settings(1))[0].predictions == first.predictions, "the same seed answers the same"


def test_a_convolutional_case(noises: Dataset) -> None:
    (found,) = genres.run_all(brief("CNN, two blocks, picture"), settings(1))
    assert "convolution" in found.kernel and found.throughput is not None and found.throughput.value > 0
