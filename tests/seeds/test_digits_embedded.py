"""The embedded digits: deterministic, split by speaker, different where they should be, and learnable."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from seeds import cache
from seeds.datasets import DataError, Dataset, digits
from seeds.errors import EngineMissing
from seeds.speech import engine


def test_the_shape_is_the_promised_one(small: Dataset) -> None:
    assert len(small) == 50
    assert small.sample_rate == 16_000
    assert small.labels.tolist() == list(range(10)) * 5
    assert small.groups.tolist()[::10] == ["voice01", "voice02", "voice03", "voice04", "voice05"]
    assert small.parts.tolist()[::10] == ["train", "train", "train", "validation", "test"]
    assert small.ids[13] == "3_voice02_0"
    assert len(set(small.ids.tolist())) == 50
    for signal in small.waveforms:
        assert signal.dtype == np.float32
        assert 0.1 < len(signal) / 16_000 < 1.2
        assert 0.09 < np.abs(signal).max() < 0.91


def test_more_speakers_or_takes_leave_the_others_as_they_are(small: Dataset, recipe: digits.Recipe) -> None:
    larger = digits.make(replace(recipe, speakers=6, takes=2))
    place = {name: row for row, name in enumerate(larger.ids.tolist())}
    for row, name in enumerate(small.ids.tolist()):
        assert np.array_equal(small.signals[row], larger.signals[place[name]])


def test_another_seed_is_another_set(small: Dataset, recipe: digits.Recipe) -> None:
    other = digits.make(replace(recipe, seed=43))
    assert all(not np.array_equal(one, two) for one, two in zip(small.waveforms, other.waveforms, strict=True))


def test_a_damaged_cache_is_made_again(small: Dataset, recipe: digits.Recipe) -> None:
    for path in cache.folder().glob("digits-*.arrays"):
        whole = path.read_bytes()
        path.unlink()  # `small` still looks at the old file
        path.write_bytes(whole[:-1000])
    assert digits.make(recipe).fingerprint == small.fingerprint


def test_without_the_engine_the_cache_still_serves(
    small: Dataset, monkeypatch: pytest.MonkeyPatch, recipe: digits.Recipe
) -> None:
    monkeypatch.setattr(engine.importlib.util, "find_spec", lambda name: None)
    assert digits.make(recipe).fingerprint == small.fingerprint
    with pytest.raises(EngineMissing, match=r"sanjeh\[speech\]"):
        digits.make(replace(recipe, seed=99))


@pytest.mark.parametrize("wrong", [{"speakers": 4}, {"speakers": 25}, {"takes": 0}])
def test_sizes_that_cannot_be(wrong: dict[str, int]) -> None:
    with pytest.raises(DataError, match="wanted"):
        digits.Recipe(**wrong)


def band_levels(signal: NDArray[np.float32]) -> NDArray[np.float64]:
    """Log energies of 20 bands in 25 ms frames every 10 ms: (T, 20). A plain stand-in for MFCC."""
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(signal, (0, 400)), 400)[::160]
    power = np.abs(np.fft.rfft(frames * np.hanning(400), axis=1)) ** 2
    edges = np.unique(np.round(np.geomspace(2, 201, 21)).astype(int))
    return np.log(np.add.reduceat(power, edges[:-1], axis=1) + 1e-6)


def ridge_accuracy(rows: NDArray[np.float64], data: Dataset) -> float:
    """Fit a linear classifier on the training speakers and test it on all others."""
    seen = data.parts == "train"
    centred = (rows - rows[seen].mean(0)) / (rows[seen].std(0) + 1e-9)
    kernel = centred @ centred[seen].T / rows.shape[1]
    weights = np.linalg.solve(kernel[seen] + 0.3 * np.eye(int(seen.sum())), np.eye(10)[data.labels[seen]] - 0.1)
    return float(np.mean((kernel[~seen] @ weights).argmax(1) == data.labels[~seen]))


def test_unseen_speakers_are_understood_from_the_sequence_better_than_from_its_mean() -> None:
    data = digits.make(digits.Recipe(takes=2))
    levels = [band_levels(signal) for signal in data.waveforms]
    sequence = np.stack([np.pad(level, ((0, 96), (0, 0)), constant_values=level.min())[:40].ravel() for level in levels])
    mean = np.stack([level.mean(0) for level in levels])
    flat_accuracy, mean_accuracy = ridge_accuracy(sequence, data), ridge_accuracy(mean, data)
    assert flat_accuracy > 0.7
    assert 0.3 < mean_accuracy < flat_accuracy - 0.15
