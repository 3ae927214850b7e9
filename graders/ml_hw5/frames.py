"""Frames of speech for the training checks of question 4, and the experiments themselves: the suite grades with them, a script
calibrates them.

`code` is a proxy, of a submission or of the staff's own files. It is given utterances to learn from with their labels, and utterances
of other voices without; the labels of those never leave this process.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graders.kit import ensure
from graders.kit.direct import Direct
from graders.kit.loading import CodeFolder
from graders.kit.proxy import Proxy
from seeds.choice import active
from seeds.datasets.base import Dataset
from seeds.datasets.frames import UNKNOWN

Frames = NDArray[np.float32]
Array = NDArray[np.float64]
Whole = NDArray[np.int64]

N_SYMBOLS, N_MFCC, CONTEXT = 42, 28, 20
SILENCE = 0
HISTORY = ("loss", "accuracy", "validation_loss", "validation_accuracy")
TINY_CONTEXT = 3
REFERENCE = Path(__file__).parents[2] / "reference" / "ml_hw5"
CALIBRATION = Path(__file__).with_name("calibration_phonemes.json")


@dataclass(frozen=True)
class Spoken:
    """Utterances (T_i, 28), the labels of their frames (T_i,), and the voice of each utterance."""

    utterances: list[Frames]
    labels: list[Whole]
    voices: list[str]

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return sum(map(len, self.labels))

    @property
    def targets(self) -> Whole:
        """The labels of all frames, end to end (F,)."""
        return np.concatenate(self.labels)

    @property
    def speakers(self) -> NDArray[np.str_]:
        """The voice of every frame (F,)."""
        return np.repeat(self.voices, [len(one) for one in self.labels])


@dataclass(frozen=True)
class Experiment:
    """How much is learned from, and how."""

    voices: int
    utterances: int
    epochs: int
    learning_rate: float
    batch_size: int


SMALL = Experiment(voices=30, utterances=1, epochs=3, learning_rate=2e-3, batch_size=128)
"""The retraining of a submission: 30 utterances, about 10 000 frames."""
UNSEEN_UTTERANCES = 3  # of each withheld voice


def spoken(part: Dataset, voices: int, utterances: int) -> Spoken:
    """The first utterances of the first voices of a part."""
    taken: dict[str, list[int]] = {}
    for row, voice in enumerate(part.groups.tolist()):
        if len(taken) < voices or voice in taken:
            taken.setdefault(voice, []).append(row)
    rows = [row for own in taken.values() for row in own[:utterances]]
    assert part.frame_labels is not None  # every copy of this data set has them
    labels = [np.asarray(part.frame_labels[row]) for row in rows]
    return Spoken([np.array(part.waveforms[row], np.float32) for row in rows], labels, part.groups[rows].tolist())


def parts() -> tuple[Dataset, Dataset]:
    """The phonemes in use, embedded or real: (voices to learn from, voices withheld).

    The published test part has no labels; there the validation part is withheld.
    """
    return _parts(active("phonemes"))


@cache
def _parts(everything: Dataset) -> tuple[Dataset, Dataset]:
    test = everything.part("test")
    assert test.frame_labels is not None
    unknown = bool((np.asarray(test.frame_labels[0]) == UNKNOWN).all())
    return everything.part("train"), everything.part("validation") if unknown else test


def tiny(rng: np.random.Generator, lengths: tuple[int, ...]) -> Spoken:
    """Synthetic utterances of a few symbols that can be learned in a moment: one direction for each, noise, an offset and a scale per
    utterance. Half of their frames are silence, and so are their ends.
    """
    directions = np.random.default_rng(5).normal(size=(N_SYMBOLS, N_MFCC))
    utterances, labels = [], []
    for length in lengths:
        own = np.repeat(rng.choice([SILENCE, SILENCE, 3, 17, 31, 39], size=length // 4 + 1), 4)[:length]
        own[-min(length, 8) :] = SILENCE
        clean = directions[own] + 2.0 * rng.normal(size=(length, N_MFCC))
        utterances.append((rng.uniform(2, 9) * clean + rng.normal(0, 5, size=N_MFCC)).astype(np.float32))
        labels.append(own.astype(np.int64))
    return Spoken(utterances, labels, [f"voice{number}" for number in range(len(lengths))])


# Answers of a submission


def probabilities(value: Any, rows: int) -> Array:
    """A student's predictions, checked to be one row of 42 probabilities for each frame."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        array = np.empty(0)
    fits = array.ndim == 2 and array.shape[1] == N_SYMBOLS
    ensure(fits, "predict should return one row of 42 numbers for each frame.", got=value, wanted=(rows, N_SYMBOLS))
    dropped = 0 < rows - len(array) < 1024 and len(array) % 32 == 0
    text = "predict should return a row for every frame; the last, smaller batch is missing."
    ensure(not dropped, text, got=value, wanted=(rows, N_SYMBOLS), mistake="phonemes__last_batch_dropped")
    ensure(
        len(array) == rows, "predict should return a row for every frame of every utterance.", got=value, wanted=(rows, N_SYMBOLS)
    )
    ensure(np.isfinite(array).all(), "predict returns NaN or infinity.", got=value)
    sums = np.abs(array.sum(axis=1) - 1).max() < 1e-2 and array.min() >= -1e-6
    text = "Each row of predict should be 42 probabilities with the sum 1: apply the softmax to the network's output."
    ensure(sums, text, got=value, mistake="phonemes__logits_for_probabilities")
    text = "predict applies the softmax to probabilities: all its values lie between 0.02 and 0.07."
    ensure(not softmax_of_probabilities(array), text, got=value, mistake="phonemes__softmax_twice")
    return array


def softmax_of_probabilities(table: Array) -> bool:
    """Whether all rows are what the softmax makes of probabilities: undone so that they add up to 1, none is below 0, some are large."""
    logs = np.log(np.maximum(table, 1e-12))
    before = logs + (1 - logs.sum(axis=1, keepdims=True)) / N_SYMBOLS
    return len(table) >= 50 and bool(before.min() > -1e-3 and before.max() > 0.3)


def history(value: Any, epochs: int) -> dict[str, Array]:
    """What a student's train returned, checked to be the four lists of one number per epoch."""
    keys = ", ".join(HISTORY)
    ensure(isinstance(value, dict) and set(HISTORY) <= set(value), f"train should return a dictionary with {keys}.", got=value)
    found = {}
    for key in HISTORY:
        try:
            row = np.asarray(value[key], dtype=float)
        except (TypeError, ValueError):
            row = np.empty(0)
        fits = row.shape == (epochs,) and bool(np.isfinite(row).all())
        ensure(
            fits,
            f"{key} of train should be a list of one finite number for each epoch.",
            got=value[key],
            wanted=f"{epochs} numbers",
        )
        found[key] = row
    return found


def train(
    code: Proxy, seen: Spoken, unseen: Spoken, how: Experiment, *, context: int, seed: int, folder: str
) -> dict[str, Array]:
    """Let a submission train the course's network."""
    settings = {"epochs": how.epochs, "learning_rate": how.learning_rate, "batch_size": how.batch_size, "seed": seed}
    given = ("mlp", seen.utterances, seen.labels, unseen.utterances, unseen.labels)
    return history(code.phonemes.train(*given, context=context, folder=folder, **settings), how.epochs)


def predict(code: Proxy, name: str, utterances: list[Frames], folder: str, *, context: int = CONTEXT) -> Array:
    """A submission's probabilities for every frame (F, 42)."""
    return probabilities(code.phonemes.predict(name, utterances, folder, context=context), sum(map(len, utterances)))


# Experiments


@dataclass(frozen=True)
class Learned:
    """What a small training came to on withheld voices: hits (F,) 0 or 1, the voice of each frame, and the best shift in time."""

    hits: Array
    voices: NDArray[np.str_]
    shift: int

    @property
    def accuracy(self) -> float:
        """Share of right frames."""
        return float(self.hits.mean())


def best_shift(found: Whole, labels: list[Whole]) -> int:
    """By how many frames (-1, 0, 1) the predictions fit best: k where frame t is taken for what frame t + k is."""
    ends = np.cumsum([len(one) for one in labels])[:-1]
    pairs = list(zip(np.split(found, ends), labels, strict=True))
    hits = {
        0: np.mean(np.concatenate([one[1:-1] == own[1:-1] for one, own in pairs])),
        1: np.mean(np.concatenate([one[1:-1] == own[2:] for one, own in pairs])),
        -1: np.mean(np.concatenate([one[1:-1] == own[:-2] for one, own in pairs])),
    }
    return max(hits, key=lambda k: hits[k])


def learn(code: Proxy, everything: tuple[Dataset, Dataset], folder: str, seed: int = 0) -> Learned:
    """Train the code's network on a small part and let it name the frames of withheld voices."""
    seen = spoken(everything[0], SMALL.voices, SMALL.utterances)
    glimpse = spoken(everything[0], 2, 1)  # train wants a validation part; withheld voices are none
    train(code, seen, glimpse, SMALL, context=CONTEXT, seed=seed, folder=folder)
    unseen = spoken(everything[1], len(everything[1]), UNSEEN_UTTERANCES)
    found = predict(code, "mlp", unseen.utterances, folder).argmax(axis=1)
    return Learned((found == unseen.targets).astype(float), unseen.speakers, best_shift(found, unseen.labels))


def claimed(code: Proxy, everything: tuple[Dataset, Dataset], folder: str) -> tuple[Learned, float]:
    """What weights handed in come to on withheld voices, and their accuracy on voices to learn from."""
    unseen = spoken(everything[1], len(everything[1]), UNSEEN_UTTERANCES)
    seen = spoken(everything[0], 10, 1)
    found = predict(code, "strong", unseen.utterances, folder).argmax(axis=1)
    known = float(np.mean(predict(code, "strong", seen.utterances, folder).argmax(axis=1) == seen.targets))
    return Learned((found == unseen.targets).astype(float), unseen.speakers, best_shift(found, unseen.labels)), known


@cache
def difficulty(everything: tuple[Dataset, Dataset]) -> float:
    """How much harder these frames are than the ones that the bands of the small training were measured on: 1 for the embedded set.

    On a real copy, the reference's mean accuracy at calibration over its accuracy here. With it, a band asks for the same share of
    what a right solution reaches.
    """
    if everything[0].provenance.get("source", "").startswith("embedded"):
        return 1.0
    backend = Direct(CodeFolder.read(REFERENCE))
    code = Proxy(lambda module, name, args, kwargs: backend.call(module, name, args, kwargs), backend.scratch)
    here = learn(code, everything, code.scratch("difficulty")).accuracy
    return float(calibration()["learns"]["accuracy"]["reference"]["mean"]) / max(here, 1 / N_SYMBOLS)


@cache
def calibration() -> dict[str, Any]:
    """What calibrate_ml_hw5_phonemes measured."""
    found: dict[str, Any] = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    return found
