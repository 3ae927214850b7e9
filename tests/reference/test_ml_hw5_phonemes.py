"""The phoneme reference against scikit-learn, plain NumPy, the house's own windows, and planted answers; its record and its weights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, balanced_accuracy_score, confusion_matrix, log_loss
from sklearn.preprocessing import StandardScaler

from graders.kit.assignment import load
from graders.kit.direct import Direct
from graders.kit.loading import CodeFolder
from graders.kit.proxy import Proxy
from graders.ml_hw5 import frames
from seeds.choice import EMBEDDED, active, use
from seeds.datasets.frames import UNKNOWN, PackedFrames
from seeds.features.windows import Windows
from seeds.speech.arpabet import SYMBOLS

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "reference" / "ml_hw5"
CODE = CodeFolder.read(REFERENCE)
DIRECT = Direct(CODE)
PROXY = Proxy(lambda module, name, args, kwargs: DIRECT.call(module, name, args, kwargs), DIRECT.scratch)
SEEDS = pytest.mark.parametrize("seed", range(4))


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def run(name: str, *args: Any, **settings: Any) -> Any:
    return CODE.call("phonemes", name, args, settings)


def utterances(rng: np.random.Generator, lengths: list[int], width: int = 28) -> list[np.ndarray]:
    return [rng.normal(rng.normal(0, 9, width), rng.uniform(0.1, 5, width), (length, width)) for length in lengths]


# Inputs


@SEEDS
def test_normalisation_is_scikit_learns(seed: int) -> None:
    (one,) = utterances(np.random.default_rng(seed), [57])
    one[:, 4] = -3.7
    got, wanted = run("cepstral_normalize", one), StandardScaler().fit_transform(one)
    np.testing.assert_allclose(np.delete(got, 4, axis=1), np.delete(wanted, 4, axis=1), atol=1e-6)
    np.testing.assert_allclose(got[:, 4], 0, atol=1e-6)
    channel = one * np.random.default_rng(seed).uniform(0.5, 3, 28) + 11
    np.testing.assert_allclose(run("cepstral_normalize", channel), got, atol=1e-6)


@SEEDS
@pytest.mark.parametrize("context", [0, 1, 7, 20])
def test_windows_are_those_of_the_house(seed: int, context: int) -> None:
    rng = np.random.default_rng(seed)
    given = utterances(rng, [int(length) for length in rng.integers(1, 60, size=7)])
    ends = np.cumsum([len(one) for one in given])
    rows = rng.permutation(ends[-1])
    wanted = Windows(np.concatenate(given), ends, context)[rows].reshape(len(rows), -1)
    np.testing.assert_array_equal(run("windows", given, rows, context), wanted)
    scaled = Windows(np.concatenate([StandardScaler().fit_transform(one) for one in given]), ends, context)
    if min(map(len, given)) > 1:
        inputs = run("network_inputs", given, rows, context)
        np.testing.assert_allclose(inputs, scaled[rows].reshape(len(rows), -1), atol=1e-6)


def test_no_window_reaches_into_a_neighbour() -> None:
    """Utterance k is filled with k: every window holds its own number and zeros, and as many zeros as frames are missing."""
    lengths = [3, 1, 50, 21]
    given = [np.full((length, 1), number + 1.0) for number, length in enumerate(lengths)]
    table = run("windows", given, np.arange(75), 20)
    own = np.repeat([1, 2, 3, 4], lengths)
    assert ((table == own[:, None]) | (table == 0)).all()
    place = np.concatenate([np.arange(length) for length in lengths])
    length = np.repeat(lengths, lengths)
    inside = np.minimum(place, 20) + 1 + np.minimum(length - 1 - place, 20)
    np.testing.assert_array_equal((table != 0).sum(axis=1), inside)


@SEEDS
def test_the_device_gathers_the_same_windows(seed: int) -> None:
    rng = np.random.default_rng(seed)
    given = utterances(rng, [9, 1, 44, 2])
    rows = rng.integers(0, 56, size=30)
    resident = CODE.call("phonemes", "Resident", (given, 20, "cpu"))
    got = resident.windows(torch.from_numpy(rows)).numpy()
    np.testing.assert_allclose(got, run("network_inputs", given, rows, 20), atol=1e-5)
    assert resident.table.numel() == 57 * 28, "the frames are there once"


def test_symbols_are_the_houses_and_marks_are_dropped() -> None:
    names = list(SYMBOLS[:-2])
    np.testing.assert_array_equal(run("encode", ["[SOS]", *names, "[EOS]"]), np.arange(40))
    assert run("encode", ["[SOS]", "[EOS]"]).shape == (0,)


# Network


def test_parameters_are_the_courses() -> None:
    found = run("layers", "mlp", [run("frame_count", 20), 28], 42)
    assert [row["parameters"] for row in found] == [588_288, 21_546]
    assert sum(row["parameters"] for row in found) == 609_834
    assert sum(row["parameters"] for row in run("layers", "strong", [41, 28], 42)) < 609_834 / 2


@pytest.mark.parametrize(
    ("frames_", "batches", "last"), [(36_091_157, 35_246, 277), (1_928_204, 1_884, 12), (1_934_138, 1_889, 826)]
)
def test_batches_are_the_courses(frames_: int, batches: int, last: int) -> None:
    assert run("batch_plan", frames_, 1024) == {"batches": batches, "last": last}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[frames.Spoken, frames.Spoken, dict[str, Any], str]:
    rng, folder = np.random.default_rng(0), str(tmp_path_factory.mktemp("weights"))
    seen, unseen = frames.tiny(rng, (150, 80, 200)), frames.tiny(rng, (90, 41))
    how = frames.Experiment(0, 0, epochs=3, learning_rate=1e-3, batch_size=64)
    return seen, unseen, frames.train(PROXY, seen, unseen, how, context=4, seed=7, folder=folder), folder


def test_predictions_are_those_of_plain_numpy(trained: Any) -> None:
    _, unseen, _, folder = trained
    with np.load(Path(folder) / "mlp.npz") as weights:
        x = run("network_inputs", unseen.utterances, np.arange(unseen.frames), 4)
        hidden = np.maximum(x @ weights["hidden.weight"].T + weights["hidden.bias"], 0)
        scores = hidden @ weights["output.weight"].T + weights["output.bias"]
    wanted = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(run("predict", "mlp", unseen.utterances, folder, context=4), wanted, atol=1e-5)


def test_history_is_scikit_learns_view_of_the_weights(trained: Any) -> None:
    seen, unseen, history, folder = trained
    for part, prefix in ((seen, ""), (unseen, "validation_")):
        table = run("predict", "mlp", part.utterances, folder, context=4).astype(float)
        table /= table.sum(axis=1, keepdims=True)
        assert history[f"{prefix}accuracy"][-1] == pytest.approx(accuracy_score(part.targets, table.argmax(axis=1)))
        assert history[f"{prefix}loss"][-1] == pytest.approx(log_loss(part.targets, table, labels=np.arange(42)), rel=1e-4)
    assert np.diff(history["loss"]).max() < 0


def test_frames_without_a_label_teach_nothing(tmp_path: Path) -> None:
    """Training with an utterance that has no labels is training without it, where a batch holds everything."""
    rng = np.random.default_rng(1)
    seen = frames.tiny(rng, (60, 60))
    hidden = replace(seen, labels=[seen.labels[0], np.full(60, UNKNOWN)])
    alone = replace(seen, utterances=seen.utterances[:1], labels=seen.labels[:1], voices=seen.voices[:1])
    how, tables = frames.Experiment(0, 0, epochs=1, learning_rate=1e-3, batch_size=999), []
    for number, part in enumerate((hidden, alone)):
        (folder := tmp_path / str(number)).mkdir()
        frames.train(PROXY, part, alone, how, context=2, seed=0, folder=str(folder))
        tables.append(run("predict", "mlp", alone.utterances, str(folder), context=2))
    np.testing.assert_allclose(tables[0], tables[1], atol=1e-5)


def test_the_stronger_network_hears_each_utterance_alone(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    seen = frames.tiny(rng, (40, 90))
    run("train", "strong", seen.utterances, seen.labels, seen.utterances, seen.labels, context=20, epochs=1, learning_rate=1e-3,
        batch_size=64, seed=0, folder=str(tmp_path))  # fmt: skip
    given = frames.tiny(rng, (33, 1, 120, 5)).utterances
    alone = np.concatenate([run("predict", "strong", [one], str(tmp_path), context=20) for one in given])
    np.testing.assert_allclose(run("predict", "strong", given, str(tmp_path), context=20), alone, atol=1e-5)


# Scores


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
@SEEDS
def test_scores_are_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lengths = [70, 1, 33]
    labels = [rng.integers(0, 40, size=length) for length in lengths]
    found = [np.where(rng.random(len(one)) < 0.5, one, rng.integers(0, 40, size=len(one))) for one in labels]
    truth, guess = np.concatenate(labels), np.concatenate(found)
    assert run("frame_accuracy", found, labels) == pytest.approx(accuracy_score(truth, guess))
    table = run("confusion", found, labels)
    np.testing.assert_array_equal(table, confusion_matrix(truth, guess, labels=np.arange(42)))
    assert run("phoneme_accuracy", table)["mean"] == pytest.approx(balanced_accuracy_score(truth, guess))
    assert run("majority_baseline", [np.array([5, 5, 2])], labels) == pytest.approx((truth == 5).mean())
    rows = rng.random((104, 42))
    split = run("frame_labels", rows, lengths)
    assert [len(one) for one in split] == lengths
    np.testing.assert_array_equal(np.concatenate(split), rows.argmax(axis=1))


# The suite's data, the record and the weights


def test_withheld_voices_are_nobodys_teachers(monkeypatch: pytest.MonkeyPatch) -> None:
    use("phonemes", EMBEDDED)
    learned_from, withheld = frames.parts()
    assert set(learned_from.groups.tolist()).isdisjoint(withheld.groups.tolist())
    everything = active("phonemes")
    assert withheld.ids.tolist() == everything.part("test").ids.tolist()
    lengths = np.array([len(one) for one in everything.waveforms])
    unknown = PackedFrames(np.full(lengths.sum(), UNKNOWN, np.int16), lengths.cumsum(), SYMBOLS, 100)
    real = replace(everything, frame_labels=unknown)  # the published test part has no labels
    assert frames._parts(real)[1].ids.tolist() == everything.part("validation").ids.tolist()
    assert frames.difficulty((learned_from, withheld)) == 1.0


def test_a_shift_in_time_is_seen() -> None:
    labels = [np.repeat(np.arange(8), 3), np.repeat(np.arange(5), 4)]
    assert frames.best_shift(np.concatenate(labels), labels) == 0
    assert frames.best_shift(np.concatenate([np.roll(one, -1) for one in labels]), labels) == 1
    assert frames.best_shift(np.concatenate([np.roll(one, 1) for one in labels]), labels) == -1


def test_only_a_softmax_of_probabilities_looks_like_one() -> None:
    rng = np.random.default_rng(0)
    for scale in (0.01, 1.0, 8.0):
        once = np.exp(scale * rng.normal(size=(80, 42)))
        once /= once.sum(axis=1, keepdims=True)
        again = np.exp(once) / np.exp(once).sum(axis=1, keepdims=True)
        assert not frames.softmax_of_probabilities(once)
        assert frames.softmax_of_probabilities(again) == (scale == 8.0), "where nothing is learned, nothing can be told"


def record() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(frames.CALIBRATION.read_text(encoding="utf-8"))
    return found


def test_bands_stand_where_they_were_measured() -> None:
    found, assignment = record(), load(ROOT / "assignments" / "ml_hw5")
    assert len(found["seeds"]) >= 5
    use("phonemes", EMBEDDED)
    assert found["data"]["withheld"] == frames.parts()[1].fingerprint, (
        "measured on other frames: run the command in the record again"
    )
    assert found["learns"]["experiment"] == vars(frames.SMALL)
    for name in ("q4.learns", "q4.claimed"):
        assert [[band.floor, band.share] for band in assignment.check(name).bands] == found["bands"][name]
    for language in ("en", "fa"):
        text = (ROOT / "assignments" / "ml_hw5" / f"handout.{language}.md").read_text(encoding="utf-8")
        for floor, _ in found["bands"]["q4.claimed"]:
            assert f"| {_percent(floor, language)} % |" in text


def _percent(share: float, language: str) -> str:
    digits = f"{100 * share:g}"
    return digits.translate(str.maketrans("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫")) if language == "fa" else digits


def test_the_weights_handed_in_are_small_and_clear_the_highest_cut_off() -> None:
    path = REFERENCE / "weights" / "strong.npz"
    assert path.stat().st_size < 2 * 2**20
    got, known = frames.claimed(PROXY, frames.parts(), str(REFERENCE / "weights"))
    assert got.accuracy >= record()["bands"]["q4.claimed"][-1][0]
    assert got.accuracy < known - record()["claimed"]["smallest_gap"]


def test_only_the_phonemes_need_torch() -> None:
    """The other questions of this homework are checked without it."""
    for path in REFERENCE.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert ("import torch" in text) == path.stem.startswith("phoneme"), path.name
