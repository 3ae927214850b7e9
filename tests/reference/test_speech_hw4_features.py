"""The reference's features against librosa and SciPy, and against examples that one can work out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import librosa
import numpy as np
import pytest
from scipy.signal import savgol_filter

from graders.kit.loading import CodeFolder

REFERENCE = Path(__file__).parents[2] / "reference" / "speech_hw4"
CODE = CodeFolder.read(REFERENCE)


def call(name: str, *args: Any) -> Any:
    return CODE.call("features", name, args)


def clip(n_samples: int, seed: int = 0) -> Any:
    """Noise that swells, over a hum; the end is quiet enough to meet the 80 dB floor."""
    rng = np.random.default_rng(seed)
    time = np.arange(n_samples)
    sound = rng.normal(0, 0.1, size=n_samples) * np.linspace(0, 1, n_samples) + 0.3 * np.sin(0.05 * time)
    sound[-n_samples // 5 :] *= 1e-6
    return sound


@pytest.mark.parametrize(("sample_rate", "seconds"), [(16000, 1.0), (8000, 0.43), (48000, 0.2), (20000, 0.5), (16000, 0.02)])
def test_mfcc_is_librosas(sample_rate: int, seconds: float) -> None:
    signal = clip(int(seconds * sample_rate))
    frame, hop = sample_rate * 25 // 1000, sample_rate * 10 // 1000
    padded = np.pad(signal, (0, max(0, frame - len(signal))))
    options = {"n_mfcc": 12, "n_mels": 24, "n_fft": frame, "hop_length": hop, "center": False}
    wanted = librosa.feature.mfcc(y=padded, sr=sample_rate, **options).T
    got = call("mfcc", signal, sample_rate)
    assert got.shape == wanted.shape
    np.testing.assert_allclose(got, wanted, atol=1e-5 * np.abs(wanted).max())


def test_mel_filters_are_librosas() -> None:
    wanted = librosa.filters.mel(sr=16000, n_fft=400, n_mels=24, dtype=np.float64)
    np.testing.assert_allclose(call("mel_filters", 16000, 400), wanted, atol=1e-12)


def test_a_tone_answers_in_the_filter_at_its_frequency() -> None:
    filters = call("mel_filters", 16000, 400)
    centres = call("mel_to_hz", np.linspace(0, call("hz_to_mel", 8000.0), 26))[1:-1]
    assert int(np.argmax(filters[:, round(1000 / 40)])) == int(np.argmin(np.abs(centres - 1000)))


def test_silence_is_finite_and_flat() -> None:
    got = call("mfcc", np.zeros(3200), 16000)
    np.testing.assert_allclose(got[:, 0], -100 * np.sqrt(24))
    np.testing.assert_allclose(got[:, 1:], 0, atol=1e-10)


@pytest.mark.parametrize("n_frames", [5, 6, 40])
def test_delta_is_a_local_line_fit(n_frames: int) -> None:
    features = np.random.default_rng(1).normal(size=(n_frames, 7))
    wanted = savgol_filter(features, 5, polyorder=1, deriv=1, axis=0, mode="nearest")
    np.testing.assert_allclose(call("delta", features), wanted, atol=1e-12)


def test_delta_of_one_frame_is_zero() -> None:
    np.testing.assert_array_equal(call("delta", np.ones((1, 3))), np.zeros((1, 3)))


def test_features_put_the_second_slope_last() -> None:
    signal = clip(4000)
    got = call("features", signal, 16000)
    slope = savgol_filter(call("mfcc", signal, 16000), 5, polyorder=1, deriv=1, axis=0, mode="nearest")
    assert got.shape == (1 + (4000 - 400) // 160, 36)
    np.testing.assert_allclose(got[:, 12:24], slope, atol=1e-9)
    np.testing.assert_allclose(got[:, 24:], savgol_filter(slope, 5, polyorder=1, deriv=1, axis=0, mode="nearest"), atol=1e-9)


def test_a_column_of_flatten_is_one_coefficient_of_one_frame() -> None:
    clips = [100.0 * np.arange(1, length + 1)[:, None] + np.arange(4) for length in (3, 6, 5)]
    rows = call("flatten", clips, 5)
    for row, matrix in zip(rows, clips, strict=True):
        for frame in range(5):
            for column in range(4):
                assert row[4 * frame + column] == (matrix[frame, column] if frame < len(matrix) else 0.0)


def test_time_mean_does_not_depend_on_the_other_clips() -> None:
    rng = np.random.default_rng(2)
    short, long = rng.normal(size=(4, 3)), rng.normal(size=(9, 3))
    np.testing.assert_allclose(call("time_mean", [short, long])[0], [sum(column) / 4 for column in short.T])


def test_standardize_uses_the_training_part_alone() -> None:
    rng = np.random.default_rng(3)
    train, other = rng.normal(4, 3, size=(50, 5)), rng.normal(-2, 9, size=(20, 5))
    train[:, 1] = 0.1  # its computed deviation is 1e-17, not 0
    one, two = call("standardize", train, other)
    np.testing.assert_allclose(one.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(np.delete(one.std(axis=0), 1), 1)
    np.testing.assert_allclose(two[:, 0], (other[:, 0] - train[:, 0].mean()) / np.sqrt(np.var(train[:, 0])))
    np.testing.assert_allclose(two[:, 1], other[:, 1] - 0.1)
