"""The recurrent networks of speech HW5 against librosa, SciPy, Keras with the same weights, and planted answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from graders.kit.loading import CodeFolder

REFERENCE = Path(__file__).parents[2] / "reference" / "speech_hw5"
TOTALS = {  # width 13, width 1
    "lstm_64_64": (57_802, 54_730),
    "lstm_128": (81_610, 75_466),
    "bilstm_64_64": (147_658, 141_514),
    "bilstm_128": (162_506, 150_218),
}
STEPS = {13: 30, 1: 13}

# In a process of its own: TensorFlow beside other libraries has brought processes down.
TWIN = """
import json, sys
import numpy as np
sys.path.insert(0, sys.argv[1])
import lstm_keras
folder, found = sys.argv[2], {}
for name in lstm_keras.MODELS:
    for width, steps in ((13, 30), (1, 13)):
        with np.load(f"{folder}/{name}-{width}/{name}.npz") as stored:
            state = {key: stored[key] for key in stored.files}
        model = lstm_keras.with_weights(name, (steps, width), state)
        x = np.load(f"{folder}/inputs-{width}.npy")
        rows = np.asarray(model(x, training=False))
        found[f"{name} {width}"] = {"rows": rows.tolist(), "layers": lstm_keras.layers(name, (steps, width), 10)}
melodies = np.load(f"{folder}/melodies.npy")
labels = np.arange(len(melodies)) % 2
given = ("lstm_64_64", melodies[8:], labels[8:], melodies[:8], labels[:8])
curves = lstm_keras.train(*given, epochs=2, learning_rate=0.01, batch_size=8, seed=1, folder=folder)
rows = lstm_keras.predict("lstm_64_64", melodies[:8], folder)
found["curves"], found["accuracy"] = curves, float(np.mean(rows.argmax(axis=1) == labels[:8]))
print("FOUND" + json.dumps(found))
"""


@pytest.fixture(scope="module")
def lstm() -> Any:
    """The reference, called as plain functions."""
    code = CodeFolder.read(REFERENCE)

    class Module:
        def __getattr__(self, name: str) -> Any:
            return code.function("lstm", name)

    return Module()


@pytest.fixture(scope="module")
def keras(lstm: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the Keras twin says to the weights of networks that PyTorch has trained a little, and what PyTorch says."""
    folder, rng = tmp_path_factory.mktemp("twin"), np.random.default_rng(3)
    torchs = {}
    for width, steps in STEPS.items():
        x = rng.normal(size=(6, steps, width)).astype(np.float32)
        np.save(folder / f"inputs-{width}.npy", x)
        for name in TOTALS:
            place = folder / f"{name}-{width}"
            how = {"epochs": 2, "learning_rate": 0.02, "batch_size": 3, "seed": 1, "folder": str(place)}
            lstm.train(name, x, np.arange(6), x, np.arange(6), **how)
            torchs[f"{name} {width}"] = lstm.predict(name, x, str(place))
    melodies = rng.normal(size=(2, 6, 4))[np.arange(40) % 2] + 0.1 * rng.normal(size=(40, 6, 4))
    np.save(folder / "melodies.npy", melodies)
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, "-c", TWIN, str(REFERENCE), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    answer = json.loads(done.stdout.partition("FOUND")[2])
    return {"torch": torchs, **answer}


@pytest.mark.parametrize("width", STEPS)
@pytest.mark.parametrize("name", TOTALS)
def test_keras_with_the_same_weights_answers_the_same(lstm: Any, keras: dict[str, Any], name: str, width: int) -> None:
    key = f"{name} {width}"
    assert np.abs(np.asarray(keras[key]["rows"]) - keras["torch"][key]).max() < 1e-5
    assert np.ptp(keras["torch"][key], axis=0).max() > 1e-3  # the tracks do get different answers
    assert keras[key]["layers"] == lstm.layers(name, [STEPS[width], width], 10)


def test_the_keras_twin_trains(keras: dict[str, Any]) -> None:
    assert keras["curves"]["loss"][1] < keras["curves"]["loss"][0] < 3
    assert len(keras["curves"]["validation_accuracy"]) == 2
    assert keras["accuracy"] == keras["curves"]["validation_accuracy"][-1]


def test_parameters_are_those_of_the_course(lstm: Any) -> None:
    for name, totals in TOTALS.items():
        assert tuple(sum(row["parameters"] for row in lstm.layers(name, [20, width], 10)) for width in (13, 1)) == totals


def test_the_formula_counts_what_the_framework_counts(lstm: Any) -> None:
    for width in (1, 13, 40):
        for name, units, both_ways in (("lstm_128", 128, False), ("bilstm_128", 128, True), ("lstm_64_64", 64, False)):
            assert lstm.lstm_parameters(width, units, both_ways) == lstm.layers(name, [5, width], 10)[0]["parameters"]
        totals = [
            sum(row["parameters"] for row in lstm.layers(name, [5, width], 10) if "LSTM" in row["layer"]) for name in TOTALS
        ]
        assert lstm.wide_minus_stacked(width) == totals[1] - totals[0] == 256 * width + 16384


def test_a_bias_more_would_be_no_function_more(lstm: Any, tmp_path: Path) -> None:
    """The second bias of torch.nn stays at zero through training."""
    x = np.random.default_rng(0).normal(size=(8, 5, 3))
    how = {"epochs": 2, "learning_rate": 0.1, "batch_size": 4, "seed": 0, "folder": str(tmp_path)}
    lstm.train("bilstm_128", x, np.arange(8), x, np.arange(8), **how)
    with np.load(tmp_path / "bilstm_128.npz") as stored:
        second = [stored[key] for key in stored.files if "bias_hh" in key]
        first = [stored[key] for key in stored.files if "bias_ih" in key]
    assert len(second) == 2 and not any(values.any() for values in second)
    assert all(values.any() for values in first)


def test_cepstra_are_librosas(lstm: Any) -> None:
    import librosa

    rng = np.random.default_rng(1)
    for n_samples, rate in ((25_000, 22_050), (551, 22_050), (16_000, 16_000)):
        signal = 0.3 * rng.normal(size=n_samples) * np.linspace(1, 0, n_samples)
        frame = 25 * rate // 1000
        how = {"n_mfcc": 13, "n_fft": frame, "hop_length": 512, "n_mels": 40, "center": False}
        wanted = librosa.feature.mfcc(y=signal, sr=rate, **how).T
        assert np.abs(lstm.mfcc_sequence(signal, rate) - wanted).max() < 1e-3


def test_a_split_by_artist_keeps_artists_whole(lstm: Any) -> None:
    groups = np.repeat([f"a{number}" for number in range(10)], np.arange(1, 11))
    mask = lstm.split(groups, 0.3, 4)
    assert len(set(groups[mask])) == 3 and not set(groups[mask]) & set(groups[~mask])


def test_scaling_uses_the_training_part_alone(lstm: Any) -> None:
    rng = np.random.default_rng(2)
    train, other = rng.normal(3, 2, size=(7, 11, 4)), rng.normal(-1, 5, size=(5, 11, 4))
    scaled, by_train = lstm.standardize(train, other)
    assert np.allclose(scaled.mean(axis=(0, 1)), 0) and np.allclose(scaled.std(axis=(0, 1)), 1)
    assert np.allclose(by_train, lstm.standardize(train, other + 7)[1] - 7 / train.std(axis=(0, 1)))


def test_counts_of_the_documents_do_not_differ(lstm: Any) -> None:
    """80, 91, 87 and 93 of 200; the normal test of two shares is the chi-square test of the table of four."""
    assert [round(lstm.compare_counts(80, hits, 200), 2) for hits in (91, 87, 93)] == [0.27, 0.48, 0.19]
    assert round(lstm.compare_counts(84, 61, 200), 3) == 0.017
    for a, b, n in ((80, 91, 200), (3, 17, 40), (55, 20, 60)):
        assert lstm.compare_counts(a, b, n) == pytest.approx(chi2_contingency([[a, n - a], [b, n - b]], correction=False).pvalue)
    assert lstm.compare_counts(0, 0, 10) == lstm.compare_counts(10, 10, 10) == 1.0


def test_paired_comparison_is_a_coin(lstm: Any) -> None:
    """3 tracks that only one names and 1 that only the other does: 2 (1 + 4) / 16, whatever is said of the rest."""
    a = np.array([1, 1, 1, 0] + [1, 0] * 20)
    b = np.array([0, 0, 0, 1] + [1, 0] * 20)
    assert lstm.compare(a, b) == lstm.compare(b, a) == pytest.approx(10 / 16)
    assert lstm.compare(a, a) == 1.0


def test_the_weights_handed_in_are_small_and_plain(lstm: Any) -> None:
    files = sorted((REFERENCE / "weights").glob("*"))
    assert {path.suffix for path in files} == {".npz"} and sum(path.stat().st_size for path in files) < 400_000
    rows = lstm.classify(np.random.default_rng(0).normal(size=(3, 344, 13)), str(REFERENCE / "weights"))
    assert rows.shape == (3, 10) and np.allclose(rows.sum(axis=1), 1, atol=1e-5)
