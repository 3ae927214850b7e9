"""Whisper's training and listening against the plain ways of doing both, in the same run, on the same clips.

    python -m benchmarks.tasks.whisper_speed [--clips 64] [--epochs 5] [--repeat 3] [--checkpoint FOLDER_OR_NAME] [--record]

Training, five epochs of each as in the course's reports, batch 16:

- plain: `Seq2SeqTrainer` with the settings that the course's reports give: features made when a batch is collated, gradient
  checkpointing, labels padded to the longest of the batch;
- kept: the same trainer with features made once and without gradient checkpointing;
- ours: `whisper_finetune`'s loop, its preparation of features and labels included, evaluation left out as in the others.

Listening: `pipeline(...)` one clip after the other, as the reports did, against `whisper.hear` in batches, and CTranslate2 where it is
installed. Each way must write something: texts that are not empty are counted, and so are tokens, and the word error rate stands beside
the time. The least of the repeats counts, in wall clock and in CPU seconds of this process: other work on the machine only adds. Speeds are
compared in CPU seconds on a CPU, which other work disturbs least, and in wall clock on a GPU.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tasks.whisper_home import call, home, module, one_thread, rate, score
from seeds.datasets import Dataset, persian

RECORDS = Path(__file__).parents[1] / "records" / "commands" / "whisper_speed.jsonl"
BATCH = 16
GOALS = {"cpu": {"training": 1.5, "listening": 2.0}, "cuda": {"training": 3.0, "listening": 4.0}}


@dataclass(frozen=True)
class Measured:
    """One way of doing one thing. Seconds are the least of the repeats; `tokens` and `wer` are None where nothing is written."""

    what: str
    way: str
    clips: int
    wall_s: float
    cpu_s: float
    loss: float | None = None
    written: int | None = None
    tokens: int | None = None
    wer: float | None = None


def versions() -> dict[str, str]:
    """Give the versions that decide the times."""
    names = [
        "torch",
        "transformers",
        "accelerate",
        "tokenizers",
        *(["ctranslate2"] if call("whisper_ctranslate.installed") else []),
    ]
    return {name: importlib.metadata.version(name) for name in names}


def timed(work: Callable[[], Any], repeat: int) -> tuple[float, float, Any]:
    """Do it several times; least wall clock, least CPU seconds, the last result."""
    walls, cpus, result = [], [], None
    for _ in range(repeat):
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls), min(cpus), result


# ------------------------------------------------------------------------------------------------------------ training


def plain_training(checkpoint: Path, part: Dataset, epochs: int, *, kept: bool) -> float:
    """Train with transformers' own trainer; the mean loss."""
    import torch
    from transformers import Seq2SeqTrainer, Seq2SeqTrainingArguments

    whisper = call("whisper_checkpoint.load_fresh", str(checkpoint))
    tokenizer, extractor = whisper.tokenizer, whisper.extractor
    tokenizer.set_prefix_tokens(language="fa", task="transcribe")
    rows: list[dict[str, Any]] = [
        {"audio": clip, "labels": tokenizer(text).input_ids}
        for clip, text in zip(part.waveforms, part.columns["text"].tolist(), strict=True)
    ]
    if kept:
        for row in rows:
            row["features"] = extractor(row["audio"], sampling_rate=16_000, return_tensors="np").input_features[0]

    def collate(batch: list[dict[str, Any]]) -> dict[str, Any]:
        features = [
            row["features"] if kept else extractor(row["audio"], sampling_rate=16_000, return_tensors="np").input_features[0]
            for row in batch
        ]
        padded = tokenizer.pad({"input_ids": [row["labels"] for row in batch]}, return_tensors="pt")
        labels = padded["input_ids"].masked_fill(padded["attention_mask"] == 0, -100)[:, 1:]
        return {"input_features": torch.from_numpy(np.stack(features)), "labels": labels}

    with tempfile.TemporaryDirectory() as folder:
        settings = Seq2SeqTrainingArguments(
            output_dir=folder,
            per_device_train_batch_size=BATCH,
            num_train_epochs=epochs,
            learning_rate=1e-5,
            warmup_steps=2,
            gradient_checkpointing=not kept,
            bf16=torch.cuda.is_available(),
            report_to=[],
            save_strategy="no",
            disable_tqdm=True,
            remove_unused_columns=False,
            seed=0,
        )
        trainer = Seq2SeqTrainer(model=whisper.model, args=settings, train_dataset=rows, data_collator=collate)
        return float(trainer.train().training_loss)


def our_training(checkpoint: Path, part: Dataset, epochs: int) -> float:
    """Train as `finetune` does; the mean loss."""
    finetuning, training = module("whisper_finetune"), module("whisper_training")
    whisper = call("whisper_checkpoint.load_fresh", str(checkpoint))
    where = whisper.model.device
    texts = part.columns["text"].tolist()
    examples = finetuning.examples(whisper, list(part.waveforms), texts, ["fa"] * len(part), None, part.sample_rate).to(where)
    schedule = training.Schedule(-(-len(part) // BATCH) * epochs, BATCH, 1e-5)
    stepper = training.Stepper(whisper.model, schedule, 0, where)
    return float(np.mean([finetuning.one_epoch(whisper, examples, len(examples), stepper, BATCH, 0) for _ in range(epochs)]))


# ----------------------------------------------------------------------------------------------------------- listening


def one_by_one(checkpoint: Path, part: Dataset) -> list[str]:
    """Listen with transformers' pipeline to one clip after the other."""
    import torch
    from transformers import pipeline

    recogniser = pipeline("automatic-speech-recognition", str(checkpoint), device="cuda" if torch.cuda.is_available() else "cpu")
    settings = {"language": "fa", "task": "transcribe", "num_beams": 1, "do_sample": False}
    clips = [{"raw": clip, "sampling_rate": part.sample_rate} for clip in part.waveforms]
    answers: list[Any] = [recogniser(clip, generate_kwargs=settings) for clip in clips]
    return [answer["text"].strip() for answer in answers]


def in_batches(checkpoint: Path, part: Dataset) -> list[str]:
    """Listen as the reference does."""
    module("whisper_checkpoint")._load.cache_clear()  # loading counts, as it does for the pipeline
    heard: list[str] = call("whisper.transcribe_all", list(part.waveforms), part.sample_rate, str(checkpoint), "fa")
    return heard


def by_ctranslate2(checkpoint: Path, part: Dataset) -> list[str]:
    """Listen with CTranslate2, converting the checkpoint included."""
    module("whisper_checkpoint")._load.cache_clear()
    module("whisper_ctranslate")._converted.cache_clear()
    heard = call("whisper.hear", list(part.waveforms), part.sample_rate, str(checkpoint), "fa", engine="ctranslate2")
    return [one.text for one in heard]


def compiled(checkpoint: Path, part: Dataset) -> list[str]:
    """Listen with a compiled decoder; compiled in the first repeat, so that the least of several leaves it out."""
    heard = call("whisper.hear", list(part.waveforms), part.sample_rate, str(checkpoint), "fa", engine="compiled")
    return [one.text for one in heard]


def compare(checkpoint: Path, part: Dataset, epochs: int, repeat: int) -> list[Measured]:
    """Measure every way of both."""
    import torch

    measured = []
    trainings = {
        "plain": lambda: plain_training(checkpoint, part, epochs, kept=False),
        "kept": lambda: plain_training(checkpoint, part, epochs, kept=True),
        "ours": lambda: our_training(checkpoint, part, epochs),
    }
    for way, train in trainings.items():
        wall, cpu, loss = timed(train, repeat)
        measured.append(Measured("training", way, len(part), round(wall, 3), round(cpu, 3), loss=round(loss, 4)))
    tokenizer = call("whisper_checkpoint.load", str(checkpoint)).tokenizer
    listenings = {"one by one": lambda: one_by_one(checkpoint, part), "ours": lambda: in_batches(checkpoint, part)}
    if torch.cuda.is_available():
        listenings["ours, compiled"] = lambda: compiled(checkpoint, part)
    if call("whisper_ctranslate.installed"):
        listenings["ctranslate2"] = lambda: by_ctranslate2(checkpoint, part)
    for way, listen in listenings.items():
        wall, cpu, texts = timed(listen, repeat)
        tokens = sum(len(tokenizer(text, add_special_tokens=False).input_ids) for text in texts)
        written = sum(bool(text) for text in texts)
        if not tokens or written < 0.9 * len(texts):
            raise RuntimeError(f"{way} wrote {written} of {len(texts)} texts, {tokens} tokens: nothing written is no speed")
        wer = rate(score(part.columns["text"].tolist(), texts, "fa"))
        measured.append(
            Measured("listening", way, len(part), round(wall, 3), round(cpu, 3), None, written, tokens, round(wer, 4))
        )
    return measured


def report(measured: list[Measured]) -> None:
    """Print every way with its speed beside the plain one's, and the goal of ours."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    goals = GOALS[device]
    plain: dict[str, Measured] = {}
    for one in measured:
        first = plain.setdefault(one.what, one)
        goal = f"goal {goals[one.what]:g}" if one.way == "ours" else ""
        times = first.cpu_s / one.cpu_s if device == "cpu" else first.wall_s / one.wall_s
        print(f"{one.what:10} {one.way:14} {one.wall_s:8.2f} s wall {one.cpu_s:8.2f} s CPU {times:6.2f} times {goal}")
        print(f"{'':26}loss {one.loss}, {one.written} texts, {one.tokens} tokens, WER {one.wer}")


def main() -> None:
    """Measure, print, and write a record where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--checkpoint", type=Path, default=None)
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    one_thread()
    part = persian.make().part("train").choose(range(options.clips))
    measured = compare(options.checkpoint or home(), part, options.epochs, options.repeat)
    report(measured)
    if options.record:
        told = {"versions": versions(), "batch": BATCH, "epochs": options.epochs, "measured": [asdict(one) for one in measured]}
        with RECORDS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
