"""Music for the checks of question 3: planted patterns, withheld tracks, and the trainings; the suite grades with them, a script
calibrates them.

`code` is a proxy, of a submission or of the staff's own files. Labels of the pictures that it is asked about never leave this process.
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
from graders.speech_hw4.inputs import Array, numbers
from seeds.choice import active
from seeds.datasets.base import Dataset
from seeds.features import LogMel, compute

REFERENCE = Path(__file__).parents[2] / "reference" / "speech_hw4"
CALIBRATION = Path(__file__).with_name("calibration_cnn.json")
N_CLASSES = 10
CURVES = ("loss", "accuracy", "validation_loss", "validation_accuracy")
LEARN_FROM = 160
WITHHELD = 120
SMALL = 32  # the side of pictures that are learned here: a sixteenth of the pixels, a hundredth of the time

Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures (N, H, W) in dB below their maximum, their labels (N,) and the artist of each (N,)."""

    images: Array
    labels: Labels
    artists: NDArray[np.str_]


@dataclass(frozen=True)
class Training:
    """How a network is trained."""

    epochs: int
    learning_rate: float
    batch_size: int
    seed: int = 0


# Chosen so that a right network has learned much and the training takes about a second.
LEARNING = Training(epochs=10, learning_rate=0.002, batch_size=32)


# Planted patterns: four classes that differ by the pitch of a bright band.


def patterns(rng: np.random.Generator, per_class: int, *, n_classes: int = 4, side: int = 20, noise: float = 8.0) -> Pictures:
    """Noisy pictures (N, side, side); class k is loud around its own place on the pitch axis. In random order."""
    labels = rng.permutation(np.repeat(np.arange(n_classes), per_class))
    images = rng.normal(-50.0, noise, size=(len(labels), side, side))
    width = side // n_classes
    for image, label in zip(images, labels, strict=True):
        image[:, label * width : (label + 1) * width] += 20.0
    images = np.clip(images, -80.0, 0.0)
    return Pictures(images, labels, np.array([str(row) for row in range(len(labels))]))


# Withheld tracks.


@dataclass(frozen=True, eq=False)
class Tracks:
    """Some tracks to learn from, and some by artists who are not among those."""

    seen: Pictures
    unseen: Pictures
    source: str


def about(part: Dataset, clips: int) -> Dataset:
    """So many clips, equally many of each genre and as even over its artists as they allow."""
    rows: list[int] = []
    for label in range(N_CLASSES):
        own = np.flatnonzero(part.labels == label)
        turn: dict[str, int] = {}  # how many of the artist's clips came before
        order = []
        for row in own:
            artist = str(part.groups[row])
            turn[artist] = turn.get(artist, 0) + 1
            order.append(turn[artist])
        rows += own[np.argsort(order, kind="stable")][: clips // N_CLASSES].tolist()
    return part.choose(rows)


def pictures(part: Dataset) -> Pictures:
    """The house's own log-mel pictures of a part."""
    return Pictures(np.asarray(compute(part, LogMel(), workers=1).stacked()), part.labels, part.groups)


def tracks() -> Tracks:
    """The genres in use, embedded or real."""
    return _tracks(active("genres"))


@cache
def _tracks(everything: Dataset) -> Tracks:
    source = str(everything.provenance.get("source", ""))
    seen, unseen = about(everything.part("train"), LEARN_FROM), about(everything.part("test"), WITHHELD)
    return Tracks(pictures(seen), pictures(unseen), source)


def smaller(some: Pictures, side: int = SMALL) -> Pictures:
    """The same pictures at `side` pixels each way, by averages over squares."""
    block = some.images.shape[1] // side
    images = some.images.reshape(len(some.images), side, block, side, block).mean(axis=(2, 4))
    return Pictures(images, some.labels, some.artists)


# Training and asking.


def taught(code: Proxy, name: str, part: Pictures, other: Pictures, how: Training, folder: str) -> dict[str, Array]:
    """Let the code train; give its four curves, checked to be numbers, one for each epoch."""
    got = code.cnn.train(
        *(name, part.images, part.labels, other.images, other.labels),
        epochs=how.epochs,
        learning_rate=how.learning_rate,
        batch_size=how.batch_size,
        seed=how.seed,
        folder=folder,
    )
    complete = isinstance(got, dict) and set(CURVES) <= set(got)
    ensure(complete, f"train should return a dictionary with {', '.join(CURVES)}.", got=got)
    return {key: numbers(got[key], (how.epochs,), f"{key} of train (one number for each epoch)") for key in CURVES}


def asked(code: Proxy, name: str, images: Array, folder: str) -> Array:
    """What the code predicts: (N, 10) finite numbers."""
    return numbers(code.cnn.predict(name, images, folder), (len(images), N_CLASSES), "predict")


def cross_entropy(shares: Array, labels: Labels) -> float:
    """Mean of -log(share of the right class)."""
    return float(-np.mean(np.log(np.maximum(shares[np.arange(len(labels)), labels], 1e-12))))


def hits(shares: Array, labels: Labels) -> NDArray[np.bool_]:
    """Which rows have their largest share at the right class: (N,)."""
    return np.asarray(shares.argmax(axis=1) == labels)


def learned(code: Proxy, folder: str, seed: int = 0) -> NDArray[np.bool_]:
    """Train the two blocks on small pictures and name the genre of unseen artists' tracks: right or not, (N,)."""
    data = tracks()
    seen, unseen = smaller(data.seen), smaller(data.unseen)
    guesses = Pictures(unseen.images, np.zeros_like(unseen.labels), unseen.artists)  # the right labels stay here
    how = Training(LEARNING.epochs, LEARNING.learning_rate, LEARNING.batch_size, seed)
    taught(code, "two_blocks", seen, guesses, how, folder)
    return hits(asked(code, "two_blocks", unseen.images, folder), unseen.labels)


def reference() -> Proxy:
    """The staff's own code, in this process."""
    direct = Direct(CodeFolder.read(REFERENCE))
    return Proxy(lambda module, name, args, kwargs: direct.call(module, name, args, kwargs), direct.scratch)


@cache
def measured() -> dict[str, Any]:
    """The record of the calibration."""
    record: dict[str, Any] = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    return record


def difficulty() -> float:
    """How much harder these tracks are than those that the bands were measured on: 1 for the embedded ones.

    On a real copy, the reference's mean accuracy at calibration over its mean accuracy here. With it, a band asks for the same share
    of what a right solution reaches.
    """
    return 1.0 if tracks().source.startswith("embedded") else _ratio()


@cache
def _ratio() -> float:
    code = reference()
    here = np.mean([learned(code, code.scratch("difficulty"), seed).mean() for seed in range(3)])
    return float(np.mean(measured()["learned"]["reference"]) / max(float(here), 1 / N_CLASSES))
