"""The second recogniser in Whisper's benchmark: wav2vec 2.0 with CTC, trained here from nothing on the same Persian.

It learns the generic portion's Persian and the practice's training part together, since it has no pre-training to start from; Whisper has
learned the generic portion in three languages, and is fine-tuned on the practice. Both write down the same recordings.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.engine.machine import observed
from benchmarks.engine.measure import timed
from benchmarks.engine.record import Json, Timing
from benchmarks.engine.task import Case, Outcome, Setting
from benchmarks.tasks.whisper_home import call, module, outcome
from seeds.datasets import Dataset, persian

NAME = "wav2vec 2.0 with CTC"
CONFIG = {"system": "ctc", "steps": 1000, "batch_size": 16, "learning_rate": 2e-3, "language": "fa"}
SOURCES = ("reference/speech_hw5/ctc.py", "reference/speech_hw5/whisper_training.py", "benchmarks/tasks/whisper_home.py")
CURVE_STEPS = 50
"""The loss is told as means over so many steps."""


def case() -> Case:
    """Name it, for the table of Whisper's cases."""
    return Case(NAME, CONFIG, SOURCES, 300.0)


def run(config: Mapping[str, Json], setting: Setting) -> Outcome:
    """Train it, and write down the test part."""
    tuning = persian.make()
    test = tuning.part("test")
    clips = list(test.waveforms)
    with tempfile.TemporaryDirectory() as folder:
        losses, training = timed(lambda: learn(tuning, persian.make(portion="generic"), Path(folder), config, setting.seed))
        hear = partial(call, "ctc.transcribe_all")
        texts, listening = timed(lambda: hear(clips, test.sample_rate, folder), setting.device)
        paths = observed(lambda: hear(clips[:1], test.sample_rate, folder), setting.device)
        network, _ = call("ctc.load", folder)
    means = [float(np.mean(losses[start : start + CURVE_STEPS])) for start in range(0, len(losses), CURVE_STEPS)]
    return outcome(
        tuning,
        texts,
        curves={"loss": means},
        parameters=sum(int(weight.numel()) for weight in network.parameters()),
        times={"train": Timing((training,)), "predict": Timing((listening,))},
        kernel=paths,
    )


def learn(tuning: Dataset, generic: Dataset, folder: Path, config: Mapping[str, Json], seed: int) -> list[float]:
    """Train on all Persian training parts, phonemes numbered alike in both; the loss of every step."""
    persian_only = generic.choose(generic.columns["language"] == "fa")
    parts = [persian_only.part("train"), tuning.part("train")]
    tables = [part.frame_labels for part in parts if part.frame_labels is not None]
    number = {name: k for k, name in enumerate(sorted({name for table in tables for name in table.names}))}
    phonemes = [np.array([number[table.names[k]] for k in own]) for table in tables for own in table]
    schedule = module("whisper_training").Schedule(config["steps"], config["batch_size"], config["learning_rate"])
    recipe = module("ctc").Recipe(schedule=schedule, seed=seed)
    clips = [clip for part in parts for clip in part.waveforms]
    texts = [text for part in parts for text in part.columns["text"].tolist()]
    losses: list[float] = call("ctc.learn", clips, texts, str(folder), recipe, phonemes)
    return losses
