"""Spoken digits by the perceptrons of speech HW4 question 2: as the assignment asks, put right, and as they were handed in.

- "asked": the reference's network with the assignment's learning rate 0.001 and 5 epochs, raw inputs;
- "fixed": standardised inputs, learning rates chosen on the validation speakers, and more epochs;
- "handed in": as asked, with the mistakes found in solution 004 laid over the reference.

Flat inputs are frames of 36 features one after the other, averaged inputs are 36 means over time. Test speakers were never heard.
At small size every fifth frame is taken, as the grading does.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine import splits
from benchmarks.engine.course_code import files, functions
from benchmarks.engine.measure import repeated, timed
from benchmarks.engine.record import Metric, Predictions, Size, Throughput, Timing
from benchmarks.engine.task import Case, Outcome, Setting, Task
from seeds.datasets import Dataset, limit

SLUG = "speech_hw4"
DESIGNS = {"one": "1 hidden", "two_equal": "2 equal", "two_wide": "2 of 2/3, 1/2", "two_narrow": "2 of 1/2, 1/3"}
REPORTED = {"one": "1L", "two_equal": "2L", "two_wide": "2L", "two_narrow": "2L"}
SUFFIX = {"two_equal": "eq", "two_wide": "23_12", "two_narrow": "12_13"}
TEN = (
    *((design, activation, "mean") for activation in ("bipolar", "relu") for design in DESIGNS),
    *(("one", activation, "flat") for activation in ("bipolar", "relu")),
)
"""The ten of the document: one hidden layer on both inputs, two on the averages, each with both activations."""
MEAN_RATE = 0.02
FLAT_RATES: dict[Size, dict[str, float]] = {
    "small": {"relu": 0.004, "bipolar": 0.002},
    "full": {"relu": 0.0008, "bipolar": 0.0004},
}
"""Learning rates of "fixed", chosen on the validation speakers; for flat inputs smaller, as there are more of them."""
EPOCHS = {"one": 10, "two": 16}
HANDED_IN = ("mlp__slope_of_activation", "mlp__output_slope_missing", "mlp__targets_zero_one_for_bipolar")
CLIPS: dict[Size, tuple[int, int]] = {"small": (1, 1), "full": (100, 100)}
"""Takes of each digit by each speaker, in training and in test."""
STEP: dict[Size, int] = {"small": 5, "full": 1}
FRAMES: dict[Size, int] = {"small": 8, "full": 40}
"""Frames of a flat input; shorter clips are filled up with zeros. Up to the longest clip, the last columns would be nearly empty, and
standardised they would be so large that learning diverges."""
N_CLASSES = 10
Rows = NDArray[np.float64]


def cases(size: Size) -> Sequence[Case]:
    """Name ten networks as asked, ten put right, and four as handed in."""
    found = []
    for design, activation, features in TEN:
        layers = "one" if design == "one" else "two"
        label = f"{DESIGNS[design]}, {activation}, {features}"
        shape = {
            "design": design,
            "activation": activation,
            "features": features,
            "frame_step": STEP[size],
            "frames": FRAMES[size],
        }
        asked = {**shape, "learning_rate": 0.001, "epochs": 5, "standardised": False, "mistakes": []}
        fixed = {
            **asked,
            "learning_rate": MEAN_RATE if features == "mean" else FLAT_RATES[size][activation],
            "epochs": EPOCHS[layers],
            "standardised": True,
        }
        seconds = (0.4 if size == "small" else 40.0) * (3 if features == "flat" else 1)
        source = files(SLUG, "mlp", "features")
        reported = reported_id(design, activation, features)
        found.append(Case(f"asked: {label}", asked, source, seconds, reported))
        found.append(Case(f"fixed: {label}", fixed, source, 2 * seconds))
        if features == "mean" and design in ("two_equal", "two_wide"):
            bad = list(HANDED_IN) if activation == "bipolar" else ["mlp__relu_on_output"]
            handed = {**asked, "standardised": True, "mistakes": bad}
            sources = files(SLUG, "mlp", "features", mistakes=bad)
            found.append(Case(f"handed in: {label}", handed, sources, seconds, reported))
    return found


def reported_id(design: str, activation: str, features: str) -> tuple[str, ...]:
    """Give the id of the document's test accuracy."""
    short = "bip" if activation == "bipolar" else "relu"
    return (f"004.q2.{REPORTED[design]}_{short}_{features if design == 'one' else SUFFIX[design]}.test_acc",)


@cache
def parts(dataset: Dataset, size: Size) -> tuple[Dataset, Dataset]:
    """Give the speakers to learn from and the unseen ones."""
    train, test = CLIPS[size]
    return limit(dataset.choose(dataset.parts != "test"), train * 2), limit(dataset.part("test"), test * 4)


@cache
def matrices(dataset: Dataset, size: Size) -> tuple[list[Any], list[Any]]:
    """Compute 36 features for every frame, by the reference: (T, 36) per clip."""
    feature = functions(SLUG, "features")
    train, test = ([feature.features(clip, part.sample_rate) for clip in part.waveforms] for part in parts(dataset, size))
    return train, test


def rows(dataset: Dataset, size: Size, config: Any) -> tuple[Rows, Rows]:
    """Give what the network reads: (N, D) to learn from and (M, D) unseen."""
    feature = functions(SLUG, "features")
    clips = matrices(dataset, size)
    if config["features"] == "mean":
        seen, unseen = (feature.time_mean(part) for part in clips)
    else:
        cut = [[clip[:: config["frame_step"]] for clip in part] for part in clips]
        seen, unseen = (feature.flatten(part, config["frames"]) for part in cut)
    if config["standardised"]:
        seen, unseen = feature.standardize(seen, unseen)
    return np.asarray(seen), np.asarray(unseen)


def run(case: Case, setting: Setting) -> Outcome:
    """Train one network, and let it name the digits of unseen speakers."""
    config, dataset = case.config, setting.dataset("digits")
    train, test = parts(dataset, setting.size)
    seen, unseen = rows(dataset, setting.size, config)
    mlp = functions(SLUG, "mlp", config["mistakes"])
    how = (config["activation"], config["epochs"], config["learning_rate"], setting.seed)
    with np.errstate(all="ignore"):  # what was handed in may diverge
        learned, seconds = timed(lambda: mlp.train(seen, train.labels, config["design"], *how))
        found, predicting = repeated(lambda: np.asarray(mlp.predict(learned["params"], unseen, config["activation"])), 3)
    right = found == test.labels
    metrics = {"accuracy": float(right.mean()), "silent_classes": float(N_CLASSES - len(set(found.tolist())))}
    metrics["train_accuracy"], metrics["train_mse"] = float(learned["accuracy"][-1]), float(learned["mse"][-1])
    return Outcome(
        metrics,
        split=splits.describe("by speaker", train, test),
        predictions=Predictions.of_classes(test.labels, found, groups=test.groups, names=dataset.label_names),
        curves={"loss": learned["mse"], "accuracy": learned["accuracy"]},
        parameters=sum(int(np.size(one)) for layer in learned["params"] for one in layer.values()),
        times={"train": Timing((seconds,)), "predict": predicting},
        throughput=Throughput(len(train) * config["epochs"] / seconds, "clips/s"),
        kernel={"implementation": "NumPy, one sample at a time"},
    )


TASK = Task(
    name="digits",
    title="Spoken digits, unseen speakers: ten perceptrons as asked, put right, and as handed in (speech HW4, question 2)",
    metric=Metric("accuracy", higher_is_better=True),
    cases=cases,
    run=run,
    seeds={"small": 5, "full": 10},
    datasets=("digits",),
)
