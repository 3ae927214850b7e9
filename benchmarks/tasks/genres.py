"""Genres of music by recurrent and convolutional networks: speech HW5 question 4 with its bonus, speech HW4 question 3.

Inputs: "frames" are 13 cepstra in time (T, 13); "averages" are 13 cepstra averaged over time and read coefficient by coefficient (13, 1),
as solution 001 did, where order in time plays no part; "picture" is a log-mel spectrogram. All are scaled by the training part. Artists
of validation and test were never heard. On a GPU all seeds of a network are trained together (benchmarks/engine/batched.py).

The recurrent networks learn at 0.001: at the course's 0.0001, 30 epochs over 600 tracks hardly leave chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine import splits
from benchmarks.engine.designs import DESIGNS
from benchmarks.engine.machine import observed
from benchmarks.engine.measure import timed
from benchmarks.engine.record import Metric, Predictions, Size, Throughput, Timing
from benchmarks.engine.task import Case, Outcome, Setting, Task
from seeds.datasets import Dataset
from seeds.features import Framing, LogMel, Mfcc, compute

N_MFCC, N_MELS, HOP = 13, 40, 512
FRAME_MS = 25
BATCH = 32
PER_STEP: dict[Size, int] = {"small": 4, "full": 1}
"""Frames averaged to one step in time."""
SIDE: dict[Size, int] = {"small": 64, "full": 128}
NAMES = {
    "lstm_64_64": "LSTM 64+64",
    "lstm_128": "LSTM 128",
    "bilstm_64_64": "BiLSTM 64+64",
    "bilstm_128": "BiLSTM 128",
    "cnn_one": "CNN, one block",
    "cnn_two": "CNN, two blocks",
    "cnn_lstm": "CNN + LSTM",
}
EPOCHS: dict[Size, dict[str, int]] = {
    "small": {"frames": 20, "averages": 30, "picture": 8},
    "full": {"frames": 30, "averages": 30, "picture": 30},
}
RATES: dict[Size, dict[str, float]] = {
    "small": {"frames": 1e-3, "averages": 1e-3, "picture": 3e-4},
    "full": {"frames": 1e-3, "averages": 1e-3, "picture": 1e-4},
}
SECONDS: dict[Size, dict[str, float]] = {
    "small": {"frames": 12.0, "averages": 3.0, "picture": 12.0},
    "full": {"frames": 120.0, "averages": 4.0, "picture": 150.0},
}
REPORTED = {
    **{("averages", f"{way}lstm_64_64"): (f"001.q4.{way}lstm2x64.val_acc.last",) for way in ("", "bi")},
    **{("frames", f"{way}lstm_64_64"): (f"002.q4.{way}lstm2x64.test_acc",) for way in ("", "bi")},
    ("averages", "lstm_128"): ("001.q4.lstm128.val_acc.last",),
    ("frames", "lstm_128"): ("002.q4.lstm128.test_acc",),
    ("frames", "bilstm_128"): ("002.q4.bilstm128.test_acc",),
    ("picture", "cnn_one"): ("004.q3.final.test_acc",),
}
ENGINE = tuple(f"benchmarks/engine/{name}.py" for name in ("batched", "designs", "networks", "recurrence", "replay"))
FloatArray = NDArray[np.float32]


def cases(size: Size) -> Sequence[Case]:
    """Name every network on every input that fits it."""
    found = []
    for design, name in NAMES.items():
        for inputs in ("picture",) if design.startswith("cnn") else ("frames", "averages"):
            config: dict[str, Any] = {"design": design, "inputs": inputs, "batch_size": BATCH, "optimiser": "Adam"}
            config |= {"epochs": EPOCHS[size][inputs], "learning_rate": RATES[size][inputs]}
            config |= {"frames_per_step": PER_STEP[size]} if inputs == "frames" else {}
            config |= {"side": SIDE[size]} if inputs == "picture" else {}
            seconds = SECONDS[size][inputs]
            found.append(Case(f"{name}, {inputs}", config, ENGINE, seconds, REPORTED.get((inputs, design), ())))
    return found


def features(dataset: Dataset, config: Any) -> FloatArray:
    """Give the inputs of all tracks: (N, T, 13), (N, 13, 1) or (N, 1, side, side)."""
    if config["inputs"] == "picture":
        return compute(dataset, LogMel(size=(config["side"], config["side"]))).stacked()[:, None]
    cut = Framing(FRAME_MS * dataset.sample_rate // 1000, HOP, center=False)
    frames = compute(dataset, Mfcc(n_mfcc=N_MFCC, n_mels=N_MELS, cut=cut))
    tracks = [frames[place] for place in range(len(dataset))]
    if config["inputs"] == "averages":
        return np.stack([track.mean(axis=0)[:, None] for track in tracks])
    step, steps = config["frames_per_step"], min(len(track) for track in tracks) // config["frames_per_step"]
    return np.stack([track[: steps * step].reshape(steps, step, -1).mean(axis=1) for track in tracks])


@cache
def _inputs(dataset: Dataset, *config: tuple[str, Any]) -> FloatArray:
    """Scale by the training part: cepstra one by one, over tracks and time; a picture as a whole."""
    found = features(dataset, dict(config))
    seen = found[dataset.parts == "train"]
    axes = {"picture": None, "frames": (0, 1), "averages": 0}[dict(config)["inputs"]]
    return np.asarray((found - seen.mean(axis=axes)) / seen.std(axis=axes), dtype=np.float32)


def inputs(dataset: Dataset, config: Any) -> FloatArray:
    """Give scaled inputs, made once for all networks that read the same."""
    decides = ("inputs", "frames_per_step", "side")
    return _inputs(dataset, *((name, config[name]) for name in decides if name in config))


def run_all(case: Case, settings: Sequence[Setting]) -> Sequence[Outcome]:
    """Train all seeds of a network together, and let each name the genres of the test tracks."""
    from benchmarks.engine.networks import Data, Schedule, count

    config, dataset, device = case.config, settings[0].dataset("genres"), settings[0].device
    x, y = inputs(dataset, config), dataset.labels
    rows = {part: np.flatnonzero(dataset.parts == part) for part in ("train", "validation", "test")}
    train, validation, test = rows.values()
    data = Data(x[train], y[train], x[validation], y[validation], x[test])
    schedule = Schedule(config["epochs"], config["learning_rate"], config["batch_size"])
    design, seeds = DESIGNS[config["design"]], [setting.seed for setting in settings]
    few = Data(x[train][:BATCH], y[train][:BATCH], x[validation][:BATCH], y[validation][:BATCH], x[test][:BATCH])
    kernel = observed(lambda: _train(design, few, Schedule(1, 1e-3), seeds[:1], device), device)
    trained, times = _train(design, data, schedule, seeds, device)
    tested = dataset.choose(test)
    split = splits.describe("by artist", dataset.choose(train), tested, dataset.choose(validation))
    parameters = count(design, x.shape[1:])
    outcomes = []
    for one, timing in zip(trained, times, strict=True):
        answers = one.probabilities.argmax(axis=1)
        accuracy = {"accuracy": float((answers == y[test]).mean()), "validation_accuracy": one.curves["validation_accuracy"][-1]}
        packed = Predictions.of_classes(
            y[test], answers, groups=tested.groups, names=dataset.label_names, confidence=one.probabilities.max(axis=1)
        )
        outcomes.append(
            Outcome(
                {**accuracy, "train_accuracy": one.curves["accuracy"][-1]},
                split=split,
                predictions=packed,
                curves=one.curves,
                parameters=parameters,
                times={"train": timing},
                throughput=Throughput(timing.runs * len(train) * config["epochs"] / timing.median_s, "tracks/s"),
                kernel={
                    **kernel,
                    "training": "one seed at a time" if timing.runs == 1 else f"{timing.runs} seeds together",
                    "steps": one.steps,
                },
            )
        )
    return outcomes


def _train(design: Any, data: Any, schedule: Any, seeds: Sequence[int], device: str) -> tuple[list[Any], list[Timing]]:
    """Train all seeds: together on a GPU; one after the other on a CPU, where torch's own LSTM is quicker (see batching.py)."""
    from benchmarks.engine.batched import train_together
    from benchmarks.engine.networks import train_alone

    if device == "cpu":
        single = [timed(partial(train_alone, design, data, schedule, seed), device) for seed in seeds]
        return [one for one, _ in single], [Timing((seconds,)) for _, seconds in single]
    trained, seconds = timed(lambda: train_together(design, data, schedule, seeds, device), device)
    return trained, [Timing((seconds,), runs=len(seeds))] * len(seeds)


TASK = Task(
    name="genres",
    title="Genres, artists not heard before: LSTM, BiLSTM and CNN (speech HW5, question 4; speech HW4, question 3)",
    metric=Metric("accuracy", higher_is_better=True),
    cases=cases,
    run_all=run_all,
    seeds={"small": 2, "full": 32},
    datasets=("genres",),
    devices=("cpu", "cuda"),
    needs=("torch",),
)
