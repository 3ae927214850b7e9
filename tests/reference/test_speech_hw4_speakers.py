"""Speech HW4's speakers against librosa, scikit-learn, SciPy and finite differences; the open set against planted answers."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import librosa
import numpy as np
import pytest
import scipy.linalg
import scipy.special
from scipy.spatial.distance import cdist
from sklearn.covariance import empirical_covariance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, roc_curve
from sklearn.preprocessing import StandardScaler

from graders.kit.loading import CodeFolder
from seeds.features import Framing, spectra

CODE = CodeFolder.read(Path(__file__).parents[2] / "reference" / "speech_hw4")
SEEDS = pytest.mark.parametrize("seed", range(5))
RATES = pytest.mark.parametrize("rate", [8000, 16000, 22050])


def run(name: str, *args: Any) -> Any:
    return CODE.call("speakers", name, args)


def judge(name: str, *args: Any) -> Any:
    return CODE.call("openset", name, args)


def voice(rng: np.random.Generator, rate: int, seconds: float = 0.7) -> np.ndarray:
    time = np.arange(int(rate * seconds)) / rate
    pitch = rng.uniform(90, 250) * (1 + 0.2 * np.sin(5 * time))
    tones = sum(rng.uniform(0.1, 1) * np.sin(2 * np.pi * k * np.cumsum(pitch) / rate) / k for k in range(1, 15))
    return np.round(4000 * (tones + 0.05 * rng.normal(size=len(time)))) / 32768  # as stored in 16 bits, with true zeros


def crowd(
    rng: np.random.Generator, n_classes: int = 4, each: int = 30, width: int = 6, apart: float = 1.5
) -> tuple[np.ndarray, np.ndarray]:
    labels = rng.permutation(np.repeat(np.arange(n_classes), each))
    return rng.normal(0, apart, size=(n_classes, width))[labels] + rng.normal(size=(len(labels), width)), labels


# Features


@RATES
def test_features_are_librosas(rate: int) -> None:
    signal = voice(np.random.default_rng(rate), rate)
    frame, hop = 25 * rate // 1000, 10 * rate // 1000
    cut = {"hop_length": hop, "center": False}
    feature = librosa.feature
    np.testing.assert_allclose(run("rms", signal, rate), feature.rms(y=signal, frame_length=frame, **cut)[0], rtol=1e-5)
    crossings = feature.zero_crossing_rate(signal, frame_length=frame, **cut)[0]
    np.testing.assert_allclose(run("zero_crossing_rate", signal, rate), crossings, rtol=1e-9)
    centroid = feature.spectral_centroid(y=signal, sr=rate, n_fft=frame, **cut)[0]
    np.testing.assert_allclose(run("spectral_centroid", signal, rate), centroid, rtol=1e-5)
    cepstra = feature.mfcc(y=signal, sr=rate, n_mfcc=13, n_fft=frame, n_mels=24, **cut).T
    np.testing.assert_allclose(run("mfcc", signal, rate), cepstra, atol=2e-3)


@RATES
def test_features_are_those_of_the_house_and_of_question_2(rate: int) -> None:
    """The suite takes its own rows from `seeds.features`, cached."""
    signal = voice(np.random.default_rng(rate), rate)
    cut = Framing.of_ms(rate)
    np.testing.assert_allclose(run("mfcc", signal, rate), spectra.mfcc(signal, rate, cut, 24, 13), rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(run("mfcc", signal, rate)[:, :12], CODE.call("features", "mfcc", (signal, rate)), rtol=1e-9)
    trio = [spectra.centroid(signal, rate, cut), spectra.zero_crossing_rate(signal, cut), spectra.rms(signal, cut)]
    np.testing.assert_allclose(run("spectral_trio", [signal], rate), [[row.mean() for row in trio]], rtol=1e-9)


def test_silence_and_a_clip_shorter_than_a_frame_have_features() -> None:
    np.testing.assert_array_equal(run("spectral_trio", [np.zeros(1000)], 16000), np.zeros((1, 3)))
    np.testing.assert_allclose(run("mfcc_means", [np.zeros(100)], 16000), [[-100 * np.sqrt(24)] + [0] * 12], atol=1e-9)
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000 + 0.1)
    np.testing.assert_allclose(run("spectral_trio", [tone], 16000), [[1000, 0.125, 0.5 / np.sqrt(2)]], rtol=2e-2)


@pytest.mark.parametrize("kind", ["trio", "mfcc"])
def test_a_pool_gives_what_one_worker_gives(kind: str) -> None:
    rng = np.random.default_rng(3)
    clips = [voice(rng, 16000, seconds) for seconds in (1.5, 0.1, 0.3, 0.05, 0.2, 0.1)]
    alone = run("extract", clips, 16000, kind, 1)
    for workers in (2, 3, 8):
        np.testing.assert_array_equal(run("extract", clips, 16000, kind, workers), alone)
    found = run("timing", clips, 16000, kind, 2)
    assert found["same"] is True and min(found["serial"], found["pool"]) > 0
    assert found["speedup"] == pytest.approx(found["serial"] / found["pool"])


# From names to parts


def test_class_ids_do_not_depend_on_the_order_of_the_clips() -> None:
    names = ["Tutu", "Gandhi", "Mandela", "Gandhi", "Thatcher"]
    assert run("class_ids", names)[0] == ["Gandhi", "Mandela", "Thatcher", "Tutu"]
    for order in permutations(range(5)):
        classes, ids = run("class_ids", [names[place] for place in order])
        assert [classes[number] for number in ids] == [names[place] for place in order]
        assert classes == ["Gandhi", "Mandela", "Thatcher", "Tutu"]


@SEEDS
def test_no_recording_is_in_both_parts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [(f"s{k}", f"s{k}/{number}") for k in range(4) for number in range(2 + 2 * k) for _ in range(rng.integers(1, 6))]
    speakers, recordings = zip(*[rows[place] for place in rng.permutation(len(rows))], strict=True)
    train, test = run("split_by_recording", list(speakers), list(recordings), 0.3, seed)
    assert sorted([*train, *test]) == list(range(len(rows)))
    held = {recordings[row] for row in test}
    assert not held & {recordings[row] for row in train}
    assert [sum(name.startswith(f"s{k}/") for name in held) for k in range(4)] == [1, 1, 2, 2]
    again = run("split_by_recording", list(speakers), list(recordings), 0.3, seed)
    np.testing.assert_array_equal(again[1], test)


@SEEDS
def test_standardize_is_scikit_learns_scaler_of_the_training_part(seed: int) -> None:
    rng = np.random.default_rng(seed)
    train, other = rng.normal(3, 2, size=(30, 5)), rng.normal(1, 4, size=(20, 5))
    scaler = StandardScaler().fit(train)
    for got, wanted in zip(run("standardize", train, other), (scaler.transform(train), scaler.transform(other)), strict=True):
        np.testing.assert_allclose(got, wanted, atol=1e-12)


# Logistic regression


@SEEDS
def test_the_gradient_is_the_slope_of_the_loss(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, labels = crowd(rng, 3, 8, 4)
    model = {"W": rng.normal(size=(4, 3)), "b": rng.normal(size=3)}
    found = run("loss_and_gradient", model, x, labels)
    for name, slope in (("W", found["W"]), ("b", found["b"])):
        for place in np.ndindex(slope.shape):
            losses = []
            for side in (1e-5, -1e-5):
                moved = {key: value.copy() for key, value in model.items()}
                moved[name][place] += side
                losses.append(run("loss_and_gradient", moved, x, labels)["loss"])
            assert slope[place] == pytest.approx((losses[0] - losses[1]) / 2e-5, abs=1e-8)


@SEEDS
@pytest.mark.parametrize("penalty", [1e-4, 1e-2, 1.0])
def test_the_solver_is_scikit_learns(seed: int, penalty: float) -> None:
    x, labels = crowd(np.random.default_rng(seed))
    found = run("solve", x, labels, 4, penalty)
    wanted = LogisticRegression(C=1 / (penalty * len(x)), tol=1e-10, max_iter=20000).fit(x, labels)
    np.testing.assert_allclose(run("probabilities", found, x), wanted.predict_proba(x), atol=2e-4)
    theirs = {"W": wanted.coef_.T, "b": wanted.intercept_}
    assert run("objective", found, x, labels, penalty) <= run("objective", theirs, x, labels, penalty) + 1e-10


@SEEDS
def test_descent_never_rises_and_comes_to_the_solvers_minimum(seed: int) -> None:
    x, labels = crowd(np.random.default_rng(seed), 3, 20, 3, 0.5)
    x = run("standardize", x, x)[0]
    short = run("train", x, labels, 3)
    assert len(short["loss"]) == 1000 and short["loss"][0] == pytest.approx(np.log(3))
    assert np.all(np.diff(short["loss"]) <= 0)
    long = run("train", x, labels, 3, 6000, 1.0)["model"]
    best = run("loss_and_gradient", run("solve", x, labels, 3, 1e-9), x, labels)["loss"]
    assert run("loss_and_gradient", long, x, labels)["loss"] == pytest.approx(best, abs=2e-3)


def test_scores_of_thousands_do_not_overflow() -> None:
    model = {"W": np.array([[1000.0, -1000.0]]), "b": np.zeros(2)}
    np.testing.assert_allclose(run("probabilities", model, [[1.0], [-1.0]]), np.eye(2))
    assert np.isfinite(run("loss_and_gradient", model, np.ones((1, 1)), [1])["loss"])


@SEEDS
def test_the_report_is_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 5, size=60)
    predictions = np.where(rng.uniform(size=60) < 0.6, labels, rng.integers(0, 4, size=60))  # the last one is named seldom
    labels[labels == 1] = 2  # nobody is the second one
    np.testing.assert_array_equal(
        run("confusion_matrix", labels, predictions, 5), confusion_matrix(labels, predictions, labels=range(5))
    )
    found = run("report", labels, predictions, 5)
    for average, prefix in ((None, ""), ("macro", "macro_")):
        wanted = precision_recall_fscore_support(labels, predictions, labels=range(5), average=average, zero_division=0)
        for name, value in zip(("precision", "recall", "f1"), wanted, strict=False):
            np.testing.assert_allclose(found[prefix + name], value)
    assert found["accuracy"] == pytest.approx(np.mean(labels == predictions))


def test_the_reported_matrices_of_the_course_give_its_accuracies() -> None:
    rows = "202 73 15 17 3 / 74 132 63 41 0 / 5 46 230 2 0 / 14 10 16 170 73 / 0 0 0 51 264"
    counts = np.array([[int(n) for n in row.split()] for row in rows.split("/")])
    labels, predictions = (np.repeat(np.indices((5, 5))[axis].ravel(), counts.ravel()) for axis in (0, 1))
    np.testing.assert_array_equal(run("confusion_matrix", labels, predictions, 5), counts)
    assert run("report", labels, predictions, 5)["accuracy"] == pytest.approx(998 / 1501)


# The open set


@SEEDS
def test_the_eer_lies_where_scikit_learns_roc_crosses_the_diagonal(seed: int) -> None:
    rng = np.random.default_rng(seed)
    known, outsiders = rng.normal(1.5, 1, size=400), rng.normal(0, 1, size=300)
    found = judge("eer", known, outsiders)
    accepted, kept, _ = roc_curve(np.r_[np.ones(400), np.zeros(300)], np.r_[known, outsiders], drop_intermediate=False)
    crossing = np.interp(0, accepted - (1 - kept), accepted)
    assert found["eer"] == pytest.approx(crossing, abs=1 / 300)
    here = judge("false_acceptance", outsiders, found["threshold"]), judge("false_rejection", known, found["threshold"])
    assert found["eer"] == pytest.approx(np.mean(here))
    assert abs(here[0] - here[1]) <= 1 / 300 + 1e-12


def test_the_eer_of_planted_scores() -> None:
    known, outsiders = [0.9, 0.8, 0.7, 0.3], [0.6, 0.4, 0.2, 0.1]
    assert judge("eer", known, outsiders) == {"eer": 0.25, "threshold": 0.6}  # at 0.6 one of four of each is on the wrong side
    assert judge("eer", [2.0, 3.0], [0.0, 1.0]) == {"eer": 0.0, "threshold": 2.0}
    assert judge("eer", [0.0, 1.0], [2.0, 3.0])["eer"] == 1.0
    assert judge("eer", [0.5, 0.5], [0.5])["eer"] == 0.5


@SEEDS
def test_cosines_are_those_of_a_whitened_space(seed: int) -> None:
    """Whitened by another root of the same inverse: angles do not depend on which."""
    rng = np.random.default_rng(seed)
    x, labels = crowd(rng, 3, 40, 5)
    x = x @ rng.normal(size=(5, 5))
    within = empirical_covariance(np.concatenate([x[labels == k] - x[labels == k].mean(axis=0) for k in range(3)]))
    root = scipy.linalg.cholesky(within + 1e-3 * np.trace(within) / 5 * np.eye(5), lower=True)
    white = scipy.linalg.solve_triangular(root, x.T, lower=True).T
    centroids = np.stack([white[labels == k].mean(axis=0) for k in range(3)])
    origin = centroids.mean(axis=0)
    wanted = 1 - cdist(white - origin, centroids - origin, "cosine")
    found = judge("by_centroid", x, labels, 3, x)
    np.testing.assert_allclose(found["score"], wanted.max(axis=1), atol=1e-8)
    np.testing.assert_array_equal(found["class"], wanted.argmax(axis=1))
    np.testing.assert_allclose(judge("by_centroid", 1e3 * x + 5, labels, 3, 1e3 * x + 5)["score"], found["score"], atol=1e-8)


def test_scores_of_models_are_probabilities() -> None:
    rng = np.random.default_rng(1)
    model, x = {"W": rng.normal(size=(4, 3)), "b": rng.normal(size=3)}, rng.normal(size=(20, 4))
    found = scipy.special.softmax(x @ model["W"] + model["b"], axis=1)
    closed, opened = judge("by_probability", model, x), judge("by_background", model, x)
    np.testing.assert_allclose(closed["score"], found.max(axis=1))
    np.testing.assert_array_equal(closed["class"], found.argmax(axis=1))
    np.testing.assert_allclose(opened["score"], found[:, 0] + found[:, 1])
    np.testing.assert_array_equal(opened["class"], found[:, 1] > found[:, 0])


def test_background_and_centroids_turn_away_whom_the_closed_set_takes_in() -> None:
    """Outsiders that stand on the side of one speaker, and far out in a direction of their own."""
    rng = np.random.default_rng(0)
    means = np.array([[4.0, 0, 0], [-2, 3.5, 0], [-2, -3.5, 0]])
    labels = np.repeat(np.arange(3), 40)
    known = [means[labels] + rng.normal(size=(120, 3)) for _ in range(3)]
    strangers = [np.array([2.0, 0, 14]) + rng.normal(size=(60, 3)) for _ in range(3)]
    mixed = [(np.r_[some, others], np.r_[labels, np.full(60, -1)]) for some, others in zip(known[1:], strangers[1:], strict=True)]
    table = judge("compare", (known[0], labels), strangers[0], *mixed, 3)
    assert table["by_background"]["eer"] < 0.02 and table["by_centroid"]["eer"] < 0.1
    assert table["by_probability"]["eer"] > table["by_centroid"]["eer"]
    assert table["by_background"]["identified"] > 0.9


def test_the_threshold_is_the_validation_parts() -> None:
    found = judge("evaluate", [0.8, 0.9], [0.1, 0.2], [0.3, 0.95], [0.85, 0.0])
    assert found == {"threshold": 0.8, "false_acceptance": 0.5, "false_rejection": 0.5, "eer": 0.5}
    np.testing.assert_array_equal(judge("decide", [2, 0, 1], [0.9, 0.79, 0.8], 0.8), [2, -1, 1])
