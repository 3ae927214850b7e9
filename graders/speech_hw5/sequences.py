"""Sequences for the checks of recurrent networks, and what is measured on a network without knowing its weights.

`code` is a proxy, of a submission or of the staff's own file. What it answers is looked at before anything is computed from it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graders.kit import ensure
from graders.kit.loading import CodeFolder
from graders.kit.proxy import Proxy
from seeds.choice import active
from seeds.datasets.base import Dataset
from seeds.features import Framing, Mfcc, compute

REFERENCE = Path(__file__).parents[2] / "reference" / "speech_hw5"
CALIBRATION = Path(__file__).with_name("calibration_lstm.json")
N_GENRES = 10
CURVES = ("loss", "accuracy", "validation_loss", "validation_accuracy")
HOP_LENGTH, N_MELS, N_MFCC, FRAME_MS = 512, 40, 13, 25
GENRE_STEPS = 21  # time steps of a track in the small training; 16 frames each where a track has 8 s
ODD = 0.1  # accuracies of two networks on the same 200 tracks differ by less than this from seed to seed
LEARN_FROM = 600  # tracks at most, so that a real set trains as long as the embedded one

Array = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Plan:
    """How a network is trained."""

    name: str
    epochs: int
    learning_rate: float
    batch_size: int


@dataclass(frozen=True)
class Task:
    """Sequences (N, T, D) with labels (N,) to learn from, and (M, T, D) with labels (M,) that are asked."""

    inputs: Array
    labels: Labels
    asked: Array
    asked_labels: Labels


PLANS = {
    "q4.order": Plan("lstm_64_64", epochs=10, learning_rate=0.005, batch_size=16),
    "q4.retrained": Plan("lstm_64_64", epochs=12, learning_rate=0.003, batch_size=32),
    "q5.start": Plan("bilstm_64_64", epochs=4, learning_rate=0.005, batch_size=16),
    "q5.start.128": Plan("bilstm_128", epochs=4, learning_rate=0.005, batch_size=16),
}


# ------------------------------------------------------------------------------------------------------ looking at answers


def numbers(value: Any, shape: tuple[int, ...], what: str) -> Array:
    """An answer as a finite array of this shape. Fails the check where it is no such thing."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        array = np.empty(0)
    ensure(array.shape == shape, f"{what} should be numbers of shape {shape}.", got=value, wanted=shape)
    ensure(np.isfinite(array).all(), f"{what} holds NaN or infinity.", got=value)
    return array


def probabilities(value: Any, n: int, what: str) -> Array:
    """An answer of `predict` or `classify`: (n, 10), not negative, rows that add up to 1."""
    rows = numbers(value, (n, N_GENRES), what)
    adds_up = (rows >= -1e-6).all() and np.allclose(rows.sum(axis=1), 1, atol=1e-3)
    ensure(adds_up, f"The rows of {what} should be probabilities: not negative, and with sum 1.", got=rows[:3])
    return rows


def curves(value: Any, epochs: int) -> dict[str, Array]:
    """An answer of `train`: four curves with one number for each epoch, accuracies in [0, 1]."""
    complete = isinstance(value, dict) and set(CURVES) <= set(value)
    ensure(complete, f"train should return a dictionary with {', '.join(CURVES)}.", got=value)
    found = {name: numbers(value[name], (epochs,), f"{name} of train (one number for each epoch)") for name in CURVES}
    for name in ("accuracy", "validation_accuracy"):
        share = ((found[name] >= 0) & (found[name] <= 1)).all()
        percent = f"{name} should be a share between 0 and 1."
        ensure(share, percent, got=found[name], mistake="lstm__accuracy_in_percent")
    return found


def trained(code: Proxy, task: Task, plan: Plan, folder: str, seed: int = 0) -> dict[str, Array]:
    """Train as planned into `folder` and give the curves."""
    how = {"epochs": plan.epochs, "learning_rate": plan.learning_rate, "batch_size": plan.batch_size}
    given = (plan.name, task.inputs, task.labels, task.asked, task.asked_labels)
    return curves(code.lstm.train(*given, **how, seed=seed, folder=folder), plan.epochs)


def accuracy(rows: Array, labels: Labels) -> float:
    """The share of rows whose largest entry is that of the label."""
    return float(np.mean(rows.argmax(axis=1) == labels))


def cross_entropy(rows: Array, labels: Labels) -> float:
    """Mean of -log of the labels' probabilities."""
    return float(-np.mean(np.log(np.maximum(rows[np.arange(len(labels)), labels], 1e-30))))


# ------------------------------------------------------------------------------------------------------------ planted tasks


def order_task(rng: np.random.Generator, n: int = 128, asked: int = 64) -> Task:
    """Two bursts, one in each half of ten frames; classes 3 and 7 differ in which comes first, and in nothing else.

    The mean over time is the same for both, and so is every frame's distribution but for its neighbours'. Sorted by class.
    """

    def draw(count: int) -> tuple[Array, Labels]:
        labels = np.repeat([3, 7], count // 2)
        x = 0.3 * rng.normal(size=(count, 10, 4))
        for row, first in enumerate((labels == 7).astype(int)):
            early, late = rng.integers(0, 4), 5 + rng.integers(0, 4)
            x[row, early : early + 2, first] += 3
            x[row, late : late + 2, 1 - first] += 3
        return x, labels

    return Task(*draw(n), *draw(asked))


def alike_task(first: int, second: int) -> Task:
    """One and the same track 320 times, the first half of one class, the second half of another: nothing to learn but their shares."""
    track = np.sin(np.arange(6.0)).reshape(1, 2, 3)
    return Task(np.repeat(track, 320, axis=0), np.repeat([first, second], 160), track, np.array([second]))


def belief_in_last(code: Proxy, folder: str, seed: int = 0) -> float:
    """How far a network leans to the class that stood last in training, where it can know nothing: about 1/2 if tracks are shuffled.

    In file order, the last forty batches hold that class only. Both orders of two classes are tried, and the mean is given.
    """
    found = []
    for first, second in ((2, 5), (5, 2)):
        task = alike_task(first, second)
        trained(code, task, Plan("lstm_64_64", epochs=1, learning_rate=0.01, batch_size=4), folder, seed)
        row = probabilities(code.lstm.predict("lstm_64_64", task.asked, folder), 1, "predict")[0]
        found.append(row[second] / max(row[first] + row[second], 1e-30))
    return float(np.mean(found))


def start_task(rng: np.random.Generator, n: int = 128, asked: int = 64) -> Task:
    """Forty frames of noise; the very first one tells which of two classes it is."""

    def draw(count: int) -> tuple[Array, Labels]:
        labels = np.arange(count) % 2
        x = 0.3 * rng.normal(size=(count, 40, 4))
        x[np.arange(count), 0, labels] += 3
        return x, labels

    return Task(*draw(n), *draw(asked))


def heaps_task(rng: np.random.Generator, n: int = 120, asked: int = 60) -> Task:
    """Ten classes, each with a melody of its own over eight frames and a touch of noise: easy for any network."""
    melodies = rng.normal(size=(N_GENRES, 8, 5))

    def draw(count: int) -> tuple[Array, Labels]:
        labels = rng.permutation(np.arange(count) % N_GENRES)
        return melodies[labels] + 0.2 * rng.normal(size=(count, 8, 5)), labels

    return Task(*draw(n), *draw(asked))


# --------------------------------------------------------------------------------------------------- what a network listens to


@dataclass(frozen=True)
class Influence:
    """How far the answers of a network move when one part of its input is replaced; all but `order` are means of |change|.

    `order` is the change when the frames are put into another order.
    """

    first_frame: float
    last_frame: float
    first_coefficient: float
    last_coefficient: float
    order: float


def influence(code: Proxy, rng: np.random.Generator, name: str, folder: str) -> Influence:
    """Measured on a network as it is made: trained for one epoch with a learning rate of 0.

    An LSTM that was just made forgets within some twenty steps, so what it answers shows in which direction, and along which
    axis, it reads. As many coefficients as frames, so that an exchange of the axes raises nothing.
    """
    n, steps = 12, 50
    x = rng.normal(size=(n, steps, steps))
    task = Task(x, np.arange(n) % N_GENRES, x, np.arange(n) % N_GENRES)
    trained(code, task, Plan(name, epochs=1, learning_rate=0.0, batch_size=n), folder)

    def answer(inputs: Array) -> Array:
        return probabilities(code.lstm.predict(name, inputs, folder), n, "predict")

    base = answer(x)

    def moved(place: tuple[Any, ...]) -> float:
        changed = x.copy()
        changed[place] = 2 * rng.normal(size=changed[place].shape)
        return float(np.abs(answer(changed) - base).mean())

    everything = slice(None)
    return Influence(
        first_frame=moved((everything, 0)),
        last_frame=moved((everything, -1)),
        first_coefficient=moved((everything, everything, 0)),
        last_coefficient=moved((everything, everything, -1)),
        order=float(np.abs(answer(x[:, rng.permutation(steps)]) - base).mean()),
    )


# -------------------------------------------------------------------------------------------------------------------- genres


@cache
def cepstra(data: Dataset) -> Array:
    """The handout's cepstra of every track, cut to the shortest: (N, T, 13)."""
    frame = FRAME_MS * data.sample_rate // 1000
    found = compute(data, Mfcc(n_mfcc=N_MFCC, n_mels=N_MELS, cut=Framing(frame, HOP_LENGTH, center=False)))
    shortest = min(len(one) for one in found)
    return np.stack([np.asarray(one[:shortest], dtype=float) for one in found])


def withheld() -> tuple[Array, Labels, NDArray[np.str_]]:
    """Raw cepstra of tracks by artists that nobody trains on, their genres, and their artists."""
    data = active("genres")
    rows = data.parts == "test"
    return cepstra(data)[rows], data.labels[rows], data.groups[rows]


@cache
def small_genres() -> Task:
    """Tracks in 21 steps, standardised: those to learn from stand sorted by genre, those asked are by other artists."""
    data = active("genres")
    width = cepstra(data).shape[1] // GENRE_STEPS
    steps = cepstra(data)[:, : width * GENRE_STEPS].reshape(len(data), GENRE_STEPS, width, N_MFCC).mean(axis=2)
    seen = np.flatnonzero(data.parts == "train")
    seen = seen[:: max(1, len(seen) // LEARN_FROM)][:LEARN_FROM]
    seen = seen[np.argsort(data.labels[seen], kind="stable")]
    asked = data.parts == "test"
    mean, std = steps[seen].mean(axis=(0, 1)), steps[seen].std(axis=(0, 1))
    scaled = (steps - mean) / std
    return Task(scaled[seen], data.labels[seen], scaled[asked], data.labels[asked])


@cache
def difficulty() -> float:
    """How much harder these tracks are than those that the bands were measured on: 1 for the embedded ones.

    On a real copy, the reference's mean accuracy at calibration over its mean accuracy here.
    """
    if active("genres").provenance.get("source", "").startswith("embedded"):
        return 1.0
    code = CodeFolder.read(REFERENCE)
    proxy = Proxy(lambda module, name, args, kwargs: code.call(module, name, args, kwargs))
    with TemporaryDirectory() as folder:
        here = [retrained(proxy, folder, seed).mean() for seed in range(3)]
    measured = json.loads(CALIBRATION.read_text(encoding="utf-8"))["checks"]["q4.retrained"]["accuracy"]["reference"]
    return float(np.mean(measured)) / max(float(np.mean(here)), 1 / N_GENRES)


def retrained(code: Proxy, folder: str, seed: int = 0) -> Array:
    """Train the code's LSTM on the small genres; 1 for each asked track that it names, else 0: (M,)."""
    task, plan = small_genres(), PLANS["q4.retrained"]
    trained(code, task, plan, folder, seed)
    rows = probabilities(code.lstm.predict(plan.name, task.asked, folder), len(task.asked), "predict")
    correct: Array = (rows.argmax(axis=1) == task.asked_labels).astype(float)
    return correct


def claim_is_odd(claimed: float, reached: float) -> str:
    """What the TA should look into, if anything: accuracy of the handed-in weights against that of the small training here.

    The handed-in network may be larger and was trained longer; how much better that makes it was measured with the reference.
    """
    checks = json.loads(CALIBRATION.read_text(encoding="utf-8"))["checks"]
    best = max(max(values) for values in checks["q4.claimed"]["trainings"]["test"].values())
    gain = best - float(np.mean(checks["q4.retrained"]["accuracy"]["reference"]))
    figures = f"The handed-in weights name {claimed:.3f} of the withheld tracks, the training here {reached:.3f}."
    if claimed > best + ODD:
        return f"{figures} No training of the reference came above {best:.3f}: were withheld artists among those trained on?"
    if claimed > reached + gain + ODD:
        return f"{figures} So large a gain was not measured ({gain:.3f}): do the weights come from this code?"
    if claimed < reached - ODD:
        return f"{figures} Weights that took longer to train should not do worse: do they come from this code?"
    return ""
