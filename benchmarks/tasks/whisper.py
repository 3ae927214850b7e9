"""Persian by Whisper before and after fine-tuning, by size, on the same recordings, with one way of listening and one normaliser.

The smallest has learned general speech here, from nothing (it is kept in the cache); fine-tuning is on another domain, with general speech
mixed in or without. What fine-tuning forgets is measured on the general test part: languages told apart and error rates of the others.
tiny, base and small are the hub's, with a window of 30 s, where this machine has them (`whisper_hub`): zero-shot before, and fine-tuned
by the course's recipe. A second system, wav2vec 2.0 with CTC, stands beside them. Raw transcripts are stored.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import cache, partial
from pathlib import Path

from benchmarks.engine.machine import observed
from benchmarks.engine.measure import timed
from benchmarks.engine.record import Json, Metric, Size, Timing
from benchmarks.engine.task import Case, Outcome, Setting, Task
from benchmarks.tasks import whisper_ctc, whisper_home, whisper_hub
from seeds.datasets import persian

EPOCHS = 5
"""As in both of the course's reports."""
CASES: dict[str, dict[str, float]] = {
    "before": {"epochs": 0, "general_share": 0.0},
    "after, general speech mixed in": {"epochs": EPOCHS, "general_share": 0.4},
    "after, nothing mixed in": {"epochs": EPOCHS, "general_share": 0.0},
}
HUB_RATE = 1e-5
"""The course's learning rate, for the hub's sizes."""
REPORTED = {
    "before": ("001.q3.zs.wer", "002.q3.zs_hf.wer_test"),
    "after, general speech mixed in": ("001.q3.ft.wer", "002.q3.ft.wer_test"),
}
FILES = ("whisper", "whisper_model", "whisper_pretrain", "whisper_finetune", "whisper_training", "whisper_decode", "whisper_data")
SOURCES = tuple(f"reference/speech_hw5/{name}.py" for name in FILES)
HUB_SOURCE = "benchmarks/tasks/whisper_hub.py"
LEARNING_RATE = 6e-4
"""Chosen on the validation voices; see seeds/datasets/calibration/persian.json."""


def cases(size: Size) -> Sequence[Case]:
    """Name the three, the other system, and two for each size; both sizes of run start from one checkpoint: another hears too little."""
    rows = []
    for name, how in CASES.items():
        config = {**how, "learning_rate": LEARNING_RATE, "language": "fa"}
        seconds = 60.0 if how["epochs"] else 120.0
        rows.append(Case(name, config, SOURCES, seconds, REPORTED.get(name, ()), one_seed=not how["epochs"]))
    return [*rows, whisper_ctc.case(), *(case for whisper in whisper_hub.SIZES for case in hub_cases(whisper))]


def hub_cases(whisper: whisper_hub.Whisper) -> list[Case]:
    """Name before and after of one of the hub's; seconds are thought to grow with its parameters."""
    found = []
    course = whisper.name == "whisper-small"  # the documents' own
    for name, epochs, work in (("before", 0, 6.0), ("after", EPOCHS, 220.0)):
        config = {
            **{"checkpoint": whisper.name, "weights": whisper.fingerprint, "epochs": epochs, "general_share": 0.4},
            **{"learning_rate": HUB_RATE, "language": "fa"},
        }
        figures = REPORTED["before" if not epochs else "after, general speech mixed in"] if course else ()
        label = f"{whisper.name}, {name}"
        once = not epochs
        found.append(
            Case(label, config, (*SOURCES, HUB_SOURCE), work * whisper.millions, figures, one_seed=once, lacks=whisper.lacks)
        )
    return found


@cache
def start() -> Path:
    """Give the folder of the checkpoint before fine-tuning; training it the first time takes six minutes of one core."""
    return whisper_home.home()


def run(case: Case, setting: Setting) -> Outcome:
    """Fine-tune where the case asks for it, and write down the test part."""
    where = whisper_home.device()
    if where != setting.device:
        raise ValueError(f"Whisper would run on {where}: set CUDA_VISIBLE_DEVICES= (nothing behind it) to measure the CPU")
    whisper_home.one_thread()
    if case.config.get("system") == whisper_ctc.CONFIG["system"]:
        return whisper_ctc.run(case.config, setting)
    hub = case.config.get("checkpoint")
    with whisper_hub.readable(hub) if hub else nullcontext(start()) as before:
        return listened(case.config, setting, before, general=not hub)


def listened(config: Mapping[str, Json], setting: Setting, before: Path, *, general: bool) -> Outcome:
    """Do one run from the checkpoint `before`; `general` also measures what it knows beside the practice."""
    tuning = persian.make()
    test, clips = tuning.part("test"), list(tuning.part("test").waveforms)
    with tempfile.TemporaryDirectory() as folder:
        checkpoint, curves, times = tuned(config, setting, before, Path(folder) / "tuned")
        hear = partial(whisper_home.call, "whisper.hear")
        heard, listening = timed(lambda: hear(clips, test.sample_rate, str(checkpoint), "fa"), setting.device)
        times["predict"] = Timing((listening,))
        known = whisper_home.general_scores(checkpoint, persian.make(portion="generic").part("test")) if general else {}
        scores = {f"general: {name}": value for name, value in known.items()}
        paths = observed(lambda: hear(clips[:1], test.sample_rate, str(checkpoint), "fa"), setting.device)
        parameters = whisper_home.parameters(checkpoint)
    texts = [one.text for one in heard]
    return whisper_home.outcome(tuning, texts, metrics=scores, curves=curves, parameters=parameters, times=times, kernel=paths)


def tuned(
    config: Mapping[str, Json], setting: Setting, before: Path, folder: Path
) -> tuple[Path, dict[str, Sequence[float]], dict[str, Timing]]:
    """Fine-tune into `folder` where the config has epochs: the checkpoint to listen with, its curves, and what it took."""
    if not config["epochs"]:
        return before, {}, {}
    how = {"share": config["general_share"], "epochs": config["epochs"], "learning_rate": config["learning_rate"]}
    history, seconds = timed(lambda: whisper_home.tune(before, folder, setting.seed, **how), setting.device)
    return folder, {"loss": history["loss"], "validation_wer": history["validation_wer"]}, {"train": Timing((seconds,))}


TASK = Task(
    name="whisper",
    title="Persian by Whisper before and after fine-tuning, by size, and by a CTC recogniser (speech HW5, question 3)",
    metric=Metric("wer", higher_is_better=False),
    cases=cases,
    run=run,
    seeds={"small": 3, "full": 5},
    datasets=("persian",),
    devices=("cpu", "cuda"),
    needs=("torch", "transformers", "tokenizers", "safetensors"),
)
