"""A phoneme for each frame of 10 ms: how much does context help? Windows of 0 to 40 frames on each side (ML HW5, question 4).

The network is the course's perceptron as the reference trains it: 512 ReLU, Adam 0.001, batches of 1024, cepstra normalised by utterance.
Frames lie on the device once and windows are gathered there. Voices of the test part were never heard.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.engine import splits
from benchmarks.engine.course_code import files, functions
from benchmarks.engine.measure import timed
from benchmarks.engine.record import Metric, Predictions, Size, Throughput, Timing
from benchmarks.engine.task import Case, Outcome, Setting, Task
from seeds.datasets import Dataset
from seeds.datasets.frames import UNKNOWN

SLUG = "ml_hw5"
CONTEXTS: dict[Size, tuple[int, ...]] = {"small": (0, 5, 10, 20, 40), "full": (0, 5, 10, 15, 20, 30, 40)}
EPOCHS: dict[Size, int] = {"small": 2, "full": 5}
MOST_UTTERANCES: dict[Size, int | None] = {"small": 120, "full": None}
"""Of the training part."""
BATCH, RATE = 1024, 1e-3


def cases(size: Size) -> Sequence[Case]:
    """Name every context."""
    common: dict[str, Any] = {"network": "mlp", "epochs": EPOCHS[size], "batch_size": BATCH, "learning_rate": RATE}
    common |= {"train_utterances": MOST_UTTERANCES[size]}
    return [
        Case(
            f"context {context}",
            {"context": context, **common},
            files(SLUG, "phonemes"),
            (1.0 + context / 5) * (1 if size == "small" else 15),
            ("000.q4.ep1.val_acc_pct",) if context == 20 else (),
        )
        for context in CONTEXTS[size]
    ]


def material(part: Dataset) -> tuple[list[Any], list[Any]]:
    """Give utterances (T, 28) and the labels of their frames (T,)."""
    assert part.frame_labels is not None
    return list(part.waveforms), list(part.frame_labels)


def run(case: Case, setting: Setting) -> Outcome:
    """Train on one part, name the frames of another."""
    config, dataset, code = case.config, setting.dataset("phonemes"), functions(SLUG, "phonemes")
    train, validation, test = (dataset.part(name) for name in ("train", "validation", "test"))
    train = train.choose(range(min(len(train), config["train_utterances"] or len(train))))
    (seen, labels), (held, held_labels), (unseen, wanted) = material(train), material(validation), material(test)
    how = {"epochs": config["epochs"], "learning_rate": RATE, "batch_size": BATCH, "context": config["context"]}
    where = {"device": setting.device}
    with tempfile.TemporaryDirectory() as folder:
        curves, seconds = timed(
            lambda: code.train("mlp", seen, labels, held, held_labels, seed=setting.seed, folder=folder, **how, **where),
            setting.device,
        )
        found, asking = timed(lambda: code.predict("mlp", unseen, folder, context=config["context"], **where), setting.device)
    truth = np.concatenate(wanted)
    known = truth != UNKNOWN
    voices = np.repeat(test.groups, [len(one) for one in wanted])[known]
    answers, sure = found.argmax(axis=1)[known], found.max(axis=1)[known]
    assert dataset.frame_labels is not None
    frames = sum(len(one) for one in seen)
    layers = code.layers("mlp", (2 * config["context"] + 1, seen[0].shape[1]), found.shape[1])
    return Outcome(
        {"accuracy": float((answers == truth[known]).mean()), "validation_accuracy": float(curves["validation_accuracy"][-1])},
        split=splits.describe("by voice", train, test, validation),
        predictions=Predictions.of_classes(
            truth[known], answers, groups=voices, names=tuple(dataset.frame_labels.names), confidence=sure
        ),
        curves=curves,
        parameters=sum(layer["parameters"] for layer in layers),
        times={"train": Timing((seconds,)), "predict": Timing((asking,))},
        throughput=Throughput(frames * config["epochs"] / seconds, "frames/s"),
        kernel={"windows": f"gathered on the {setting.device}", "compiled": "no"},
    )


TASK = Task(
    name="phonemes",
    title="Phonemes by frame, voices not heard before: how much context helps (ML HW5, question 4)",
    metric=Metric("accuracy", higher_is_better=True),
    cases=cases,
    run=run,
    seeds={"small": 2, "full": 5},
    datasets=("phonemes",),
    devices=("cpu", "cuda"),
    needs=("torch",),
)
