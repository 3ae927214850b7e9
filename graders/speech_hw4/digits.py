"""Spoken digits for the training checks, and the experiments themselves: the suite grades with them, a script calibrates them.

`code` is a proxy, of a submission or of the staff's own files. It is given rows to learn from with their labels, and rows of other
speakers without; the labels of those never leave this process.
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
from graders.kit.loading import CodeFolder
from graders.kit.proxy import Proxy
from graders.speech_hw4.inputs import Array, numbers, trained
from seeds.choice import active
from seeds.datasets.base import Dataset, limit

REFERENCE = Path(__file__).parents[2] / "reference" / "speech_hw4"
N_CLASSES = 10
FRAME_STEP = 5  # every fifth frame: neighbours overlap by 60 % and say much the same, and training costs a fifth
N_FRAMES = 8  # of those; a digit lasts 0.4 s on average
LEARN_FROM = 800  # clips at most, so that a real set with thousands trains as long as the embedded one
FLAT_LEARN_FROM = 600  # fewer where the submission computes all features itself
FLAT_UNSEEN = 120
CALIBRATION = Path(__file__).with_name("calibration.json")

Parts = tuple[Dataset, Dataset]


@dataclass(frozen=True, eq=False)
class Split:
    """Rows (N, D) with labels (N,) to learn from; rows (M, D) of unseen speakers and their labels (M,)."""

    train: Array
    train_labels: NDArray[np.int64]
    unseen: Array
    unseen_labels: NDArray[np.int64]


@dataclass(frozen=True)
class Experiment:
    """How a network is trained."""

    design: str
    activation: str
    epochs: int
    learning_rate: float


EXPERIMENTS = {
    "q2.learns_flat": Experiment("one", "relu", 8, 0.004),
    "q2.learns_bipolar": Experiment("one", "bipolar", 10, 0.02),
    "q2.learns_deep": Experiment("two_equal", "relu", 16, 0.01),
}


@dataclass(frozen=True, eq=False)
class Learned:
    """What came of it: accuracy on unseen speakers, the MSE of each epoch, and how many digits were never recognised."""

    accuracy: float
    mse: Array
    silent: int


def recordings() -> Parts:
    """The digits in use, embedded or real: (speakers to learn from, unseen speakers)."""
    return _parts(active("digits"))


@cache
def _parts(everything: Dataset) -> Parts:
    return everything.choose(everything.parts != "test"), everything.part("test")


def about(part: Dataset, clips: int) -> Dataset:
    """The first takes of every digit by every speaker, as many as make up about so many clips."""
    return limit(part, max(1, clips // (N_CLASSES * len(set(part.groups.tolist())))))


@cache
def mean_features(parts: Parts) -> Split:
    """Time means of the 36 features, by the reference, standardised: (800, 36) and (160, 36) for the embedded digits."""
    code = CodeFolder.read(REFERENCE)

    def call(name: str, *args: Any) -> Any:
        return code.call("features", name, args)

    seen, unseen = about(parts[0], LEARN_FROM), about(parts[1], LEARN_FROM)
    rows = [call("time_mean", [call("features", clip, part.sample_rate) for clip in part.waveforms]) for part in (seen, unseen)]
    train, other = call("standardize", *rows)
    return Split(train, seen.labels, other, unseen.labels)


def flat_features(code: Proxy, parts: Parts) -> Split:
    """Every fifth frame of the 36 features in one row, standardised, all by the code under test: (N, 288), (M, 288)."""
    rows, labels = [], []
    for part in (about(parts[0], FLAT_LEARN_FROM), about(parts[1], FLAT_UNSEEN)):
        matrices = [numbers(code.features.features(clip, part.sample_rate), (-1, 36), "features") for clip in part.waveforms]
        clips = [matrix[::FRAME_STEP] for matrix in matrices]
        rows.append(numbers(code.features.flatten(clips, N_FRAMES), (len(clips), 36 * N_FRAMES), "flatten"))
        labels.append(part.labels)
    pair = code.features.standardize(*rows)
    ensure(isinstance(pair, list | tuple) and len(pair) == 2, "standardize should return two arrays.", got=pair)
    train, unseen = (numbers(part, row.shape, "standardize") for part, row in zip(pair, rows, strict=True))
    return Split(train, labels[0], unseen, labels[1])


def learn(code: Proxy, data: Split, how: Experiment, seed: int = 0) -> Learned:
    """Train the code's network and let it name the digits of unseen speakers."""
    n_inputs = data.train.shape[1]
    middle = (n_inputs + N_CLASSES) // 2
    sizes = [n_inputs, *[middle] * (1 if how.design == "one" else 2), N_CLASSES]
    got = code.mlp.train(data.train, data.train_labels, how.design, how.activation, how.epochs, how.learning_rate, seed)
    params = trained(got, sizes, how.epochs)
    found = numbers(code.mlp.predict(params, data.unseen, how.activation), data.unseen_labels.shape, "predict")
    silent = len(set(range(N_CLASSES)) - set(found.astype(int).tolist()))
    return Learned(float(np.mean(found == data.unseen_labels)), numbers(got["mse"], (how.epochs,), "mse"), silent)


@cache
def difficulty(check: str, parts: Parts) -> float:
    """How much harder these recordings are than the ones that the bands were measured on: 1 for the embedded digits.

    On a real copy, the reference's mean accuracy at calibration over its mean accuracy here. With it, a band asks for the same share
    of what a right solution reaches.
    """
    if parts[0].provenance.get("source", "").startswith("embedded"):
        return 1.0
    code = CodeFolder.read(REFERENCE)
    proxy = Proxy(lambda module, name, args, kwargs: code.call(module, name, args, kwargs))
    data = flat_features(proxy, parts) if check == "q2.learns_flat" else mean_features(parts)
    here = float(np.mean([learn(proxy, data, EXPERIMENTS[check], seed).accuracy for seed in range(3)]))
    measured = json.loads(CALIBRATION.read_text(encoding="utf-8"))["checks"][check]["accuracy"]["reference"]
    return float(np.mean(measured)) / max(here, 1 / N_CLASSES)
