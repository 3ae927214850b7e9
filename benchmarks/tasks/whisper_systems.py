"""Two recognisers on one test part: the small Whisper before and after fine-tuning, and wav2vec 2.0 with CTC, all trained here.

    python -m benchmarks.tasks.whisper_systems [--steps 1500] [--seed 0] [--record]

The CTC recogniser learns the generic portion's Persian and the practice's training part together; Whisper has learned the generic portion
in three languages, and is fine-tuned on the practice. Every row is the same recordings, the same normaliser and the same counts; intervals
are bootstraps over voices. CPU seconds are those of training and of listening to the test part.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tasks.whisper_home import call, home, module, one_thread, score, tune
from seeds.datasets import Dataset, persian

RECORDS = Path(__file__).parents[1] / "records" / "commands" / "whisper_systems.jsonl"


@dataclass(frozen=True)
class Row:
    """One system: its WER with a 95 % interval, CER, and CPU seconds; training is 0 where the checkpoint was there already."""

    system: str
    wer: float
    low: float
    high: float
    cer: float
    training_cpu_s: float
    listening_cpu_s: float


def learn_ctc(tuning: Dataset, generic: Dataset, folder: Path, steps: int, seed: int) -> None:
    """Train the CTC recogniser on all Persian training parts, phonemes numbered alike in both."""
    persian_only = generic.choose(generic.columns["language"] == "fa")
    parts = [persian_only.part("train"), tuning.part("train")]
    tables = [part.frame_labels for part in parts if part.frame_labels is not None]
    number = {name: k for k, name in enumerate(sorted({name for table in tables for name in table.names}))}
    phonemes = [np.array([number[table.names[k]] for k in own]) for table in tables for own in table]
    recipe = module("ctc").Recipe(schedule=module("whisper_training").Schedule(steps=steps, batch=16, rate=2e-3), seed=seed)
    clips = [clip for part in parts for clip in part.waveforms]
    call("ctc.learn", clips, [text for part in parts for text in part.columns["text"].tolist()], str(folder), recipe, phonemes)


def judge(system: str, test: Dataset, heard: list[str], training: float, listening: float) -> Row:
    """Score one system's texts."""
    wanted = test.columns["text"].tolist()
    counted = score(wanted, heard, "fa")
    found = call("bootstrap.single", counted.errors, counted.lengths, test.groups).wer
    sides = [[call("normalize.normalize", text) for text in side] for side in (wanted, heard)]
    wer, low, high, cer = (round(float(one), 4) for one in (found.value, found.low, found.high, call("wer.cer", *sides)))
    return Row(system, wer, low, high, cer, round(training, 1), round(listening, 1))


def measure(steps: int, seed: int) -> list[Row]:
    """Train what is not there, and listen."""
    tuning, generic = persian.make(), persian.make(portion="generic")
    test, start = tuning.part("test"), home()
    clips = list(test.waveforms)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        tuned, letters = Path(folder) / "tuned", Path(folder) / "ctc"
        trainings: dict[str, Any] = {
            "Whisper before": (lambda: None, lambda: call("whisper.transcribe_all", clips, 16_000, str(start), "fa")),
            "Whisper after": (
                lambda: tune(start, tuned, seed, learning_rate=6e-4),
                lambda: call("whisper.transcribe_all", clips, 16_000, str(tuned), "fa"),
            ),
            "wav2vec 2.0 CTC": (
                lambda: learn_ctc(tuning, generic, letters, steps, seed),
                lambda: call("ctc.transcribe_all", clips, 16_000, str(letters)),
            ),
        }
        for system, (train, listen) in trainings.items():
            began = time.process_time()
            train()
            trained = time.process_time()
            heard = listen()
            rows.append(judge(system, test, heard, trained - began, time.process_time() - trained))
    return rows


def main() -> None:
    """Measure, print, and write a record where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    one_thread()
    rows = measure(options.steps, options.seed)
    for row in rows:
        print(f"{row.system:16} WER {row.wer:.3f} ({row.low:.3f} to {row.high:.3f}), CER {row.cer:.3f}", end="")
        print(f"; {row.training_cpu_s} s to train, {row.listening_cpu_s} s to listen")
    if options.record:
        with RECORDS.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"steps": options.steps, "seed": options.seed, "rows": [asdict(row) for row in rows]}) + "\n")


if __name__ == "__main__":
    main()
