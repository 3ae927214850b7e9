"""Five speakers by logistic regression: three spectral numbers against 13 mean cepstra, and what a random split flatters (speech HW4, 4).

"by recording" keeps every recording in one part; "random clips" deals one-second clips at random, as the assignment asks, so that
neighbouring seconds of one recording are in both parts. Features, scaling and training are the reference's. The seed decides the
split alone: the loss is convex and training starts from zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine import splits
from benchmarks.engine.course_code import files, functions
from benchmarks.engine.measure import repeated, timed
from benchmarks.engine.record import Metric, Predictions, Size, Throughput, Timing
from benchmarks.engine.task import Case, Outcome, Setting, Task
from seeds.datasets import Dataset
from seeds.determinism import derive, rng

SLUG = "speech_hw4"
KINDS = {"trio": "centroid, crossings, RMS", "mfcc": "13 mean MFCCs"}
SPLITS = ("by recording", "random clips")
TEST_SHARE = 0.2
ITERATIONS, LEARNING_RATE = 1000, 0.01
PENALTY = 1e-4
REPORTED = {("trio", "descent"): "004.q4.a.sgd.acc", ("trio", "newton"): "004.q4.a.lr.acc"} | {
    ("mfcc", "descent"): "004.q4.b.sgd.acc",
    ("mfcc", "newton"): "004.q4.b.lr.acc",
}


def cases(size: Size) -> Sequence[Case]:
    """Name both features with both ways of learning, on both splits."""
    hows = {"descent": {"iterations": ITERATIONS, "learning_rate": LEARNING_RATE}, "newton": {"penalty": PENALTY}}
    return [
        Case(
            f"{KINDS[kind]}, {how}, {split}",
            {"features": kind, "how": how, "split": split, "test_share": TEST_SHARE, **hows[how]},
            files(SLUG, "speakers"),
            1.0,
            (REPORTED[kind, how],) if split == "random clips" else (),
        )
        for kind in KINDS
        for how in hows
        for split in SPLITS
    ]


@cache
def features(dataset: Dataset, kind: str) -> NDArray[np.float64]:
    """Compute the features of every clip, by the reference: (N, 3) or (N, 13)."""
    return np.asarray(functions(SLUG, "speakers").extract(list(dataset.waveforms), dataset.sample_rate, kind, 1))


def deal(dataset: Dataset, split: str, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the rows to train on and to test on."""
    if split == "by recording":
        names = [dataset.label_names[label] for label in dataset.labels]
        chosen = derive(seed, "benchmarks", "speakers") % 2**32
        train, test = functions(SLUG, "speakers").split_by_recording(names, dataset.groups.tolist(), TEST_SHARE, chosen)
        return np.asarray(train), np.asarray(test)
    order = rng(seed, "benchmarks", "speakers").permutation(len(dataset))
    count = round(TEST_SHARE * len(dataset))
    return np.sort(order[count:]), np.sort(order[:count])


def run(case: Case, setting: Setting) -> Outcome:
    """Train on one part, name the speakers of the other."""
    config, dataset, code = case.config, setting.dataset("speakers"), functions(SLUG, "speakers")
    train, test = deal(dataset, config["split"], setting.seed)
    rows = features(dataset, config["features"])
    seen, unseen = code.standardize(rows[train], rows[test])
    labels, classes = dataset.labels[train], len(dataset.label_names)
    curves = {}
    if config["how"] == "descent":
        found, seconds = timed(lambda: code.train(seen, labels, classes, ITERATIONS, LEARNING_RATE))
        model, curves = found["model"], {"loss": [float(one) for one in found["loss"][::10]]}
    else:
        model, seconds = timed(lambda: code.solve(seen, labels, classes, PENALTY))
    answers, predicting = repeated(lambda: np.asarray(code.classify(model, unseen)), 5)
    confidence = np.asarray(code.probabilities(model, unseen)).max(axis=1)
    tested = dataset.choose(test)
    packed = Predictions.of_classes(
        tested.labels, answers, groups=tested.groups, names=dataset.label_names, confidence=confidence
    )
    return Outcome(
        {"accuracy": float((answers == tested.labels).mean())},
        split=splits.describe(config["split"], dataset.choose(train), tested),
        predictions=packed,
        curves=curves,
        parameters=int(np.size(model["W"]) + np.size(model["b"])),
        times={"train": Timing((seconds,)), "predict": predicting},
        throughput=Throughput(len(test) / predicting.median_s, "clips/s", "predict"),
        kernel={"implementation": "NumPy"},
    )


TASK = Task(
    name="speakers",
    title="Five speakers by logistic regression: features and splits (speech HW4, question 4)",
    metric=Metric("accuracy", higher_is_better=True),
    cases=cases,
    run=run,
    seeds={"small": 5, "full": 10},
    datasets=("speakers",),
)
