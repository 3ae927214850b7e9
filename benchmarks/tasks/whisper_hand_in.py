"""What question 3 of speech HW5 hands in beside code, made as a class would make it: with what `sanjeh data export persian` gives, the
small checkpoint, and the staff's submission. One training takes about a minute.
"""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from graders.kit.proxy import Proxy
from graders.speech_hw5.handed_in import (
    EXPORTED,
    HELD,
    IN_KIT,
    RECORDINGS,
    TRANSCRIPTS,
    TUNED,
    in_kit,
    practice,
    short,
    withheld,
)
from graders.speech_hw5.speech import CHECKPOINT, REFERENCE, Clips, accuracies, clips, heard, taken_away
from seeds.datasets import persian

SEEDS = 4
NOT_TUNED = "not fine-tuned"


@dataclass(frozen=True)
class Plan:
    """How a checkpoint is fine-tuned, with the code's own `finetune`."""

    epochs: int = 5
    learning_rate: float = 1e-3
    batch_size: int = 16
    language: str = "fa"


PLANS = {
    "reference": Plan(),
    "one epoch": Plan(epochs=1),
    "a learning rate of 0.0003": Plan(learning_rate=3e-4),
    "learned from English": Plan(epochs=2, language="en"),
}


def lessons(language: str) -> tuple[Clips, Clips]:
    """Recordings to learn from and to choose by: the practice, or everyday English."""
    portion: persian.Portion = "fine_tuning" if language == "fa" else "generic"
    data = persian.make(EXPORTED, portion=portion)
    own = data.choose(data.columns["language"] == language)
    return clips(own.part("train")), clips(own.part("validation"))


def learned(code: Proxy, name: str, seed: int, keep: Path) -> Path:
    """The folder of a training, trained where it is not kept yet."""
    folder, plan = keep / f"{name.replace(' ', '-')}-{seed}", PLANS[name]
    if not folder.exists():
        train, validation = lessons(plan.language)
        with TemporaryDirectory(dir=keep) as draft:
            given = (train.waves, train.texts, validation.waves, validation.texts, str(CHECKPOINT), draft)
            how = {"epochs": plan.epochs, "learning_rate": plan.learning_rate, "batch_size": plan.batch_size}
            history = code.recognise.finetune(*given, **how, seed=seed, language=plan.language)
            print(name, seed, history, flush=True)
            shutil.copytree(draft, folder)
    return folder


def measured(code: Proxy, keep: Path) -> dict[str, dict[str, list[float]]]:
    """What the three checks measure on every training, and on the checkpoint as it is: {check: {variant: one value for each seed}}."""
    found: dict[str, dict[str, list[float]]] = {"q3w.tuned": {}, "q3w.reduced": {}, "q3w.transcripts": {}}
    before = heard(code, str(CHECKPOINT), withheld().waves)
    folders = {name: [learned(code, name, seed, keep) for seed in range(SEEDS if name == "reference" else 2)] for name in PLANS}
    if (REFERENCE / TUNED).is_dir():
        folders["in half precision"] = [REFERENCE / TUNED]
    for name, own in [*folders.items(), (NOT_TUNED, [CHECKPOINT])]:
        for folder in own:
            after = heard(code, str(folder), withheld().waves)
            kit, wanted = in_kit()[1], withheld().texts
            values = (
                float(accuracies(wanted, after, "fa").mean()),
                float(taken_away(withheld(), before, after).mean()),
                float(accuracies(kit.texts, heard(code, str(folder), kit.waves), "fa").mean()),
            )
            for check, value in zip(found, values, strict=True):
                found[check].setdefault(name, []).append(round(value, 4))
            print(name, folder.name, values, flush=True)
    return found


def store_recordings() -> None:
    """Write the recordings of the kit, 16-bit: some of each voice, as they come."""
    every = persian.make(HELD).part("test")
    wanted = set(practice().texts)
    chosen: dict[str, Any] = {}
    for name, text, samples in zip(every.ids.tolist(), every.columns["text"].tolist(), every.waveforms, strict=True):
        if text in wanted and len(chosen) < IN_KIT:
            chosen[short(name)] = np.round(np.asarray(samples) * 32767).astype(np.int16)
    np.savez_compressed(RECORDINGS, **chosen)


def store(code: Proxy, keep: Path) -> None:
    """Put the first training into the staff's submission, in half precision, and what its code writes with it."""
    from safetensors.torch import load_file, save_file

    source, target = learned(code, "reference", 0, keep), REFERENCE / TUNED
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    weights = {name: value.half().contiguous() for name, value in load_file(source / "model.safetensors").items()}
    save_file(weights, target / "model.safetensors", metadata={"format": "pt"})
    (target / "model.safetensors").chmod(0o644)
    for path in sorted(source.glob("*.json")):
        content = json.dumps(json.loads(path.read_text(encoding="utf-8")), ensure_ascii=False, separators=(",", ":"))
        (target / path.name).write_text(content + "\n", encoding="utf-8")
    ids, recordings = in_kit()
    with (REFERENCE / TRANSCRIPTS).open("w", encoding="utf-8", newline="") as file:
        rows = zip(ids, heard(code, str(target), recordings.waves), strict=True)
        csv.writer(file, lineterminator="\n").writerows([("id", "text"), *rows])
