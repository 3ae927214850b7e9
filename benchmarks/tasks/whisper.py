"""Persian by the small Whisper before and after fine-tuning, on the same recordings, with one way of listening and one normaliser.

The checkpoint has learned general speech from nothing (it is kept in the cache); fine-tuning is on another domain, with general speech
mixed in or without. Raw transcripts are stored. What fine-tuning forgets is measured on the general test part: languages told apart
and word error rates of the others. Larger checkpoints are the hub's: give their folder to `reference/speech_hw5/whisper.py`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from benchmarks.engine import splits
from benchmarks.engine.measure import timed
from benchmarks.engine.record import Metric, Predictions, Size, Throughput, Timing
from benchmarks.engine.task import Case, Outcome, Setting, Task
from benchmarks.engine.words import word_errors
from benchmarks.tasks import whisper_home
from seeds.datasets import persian

CASES: dict[str, dict[str, float]] = {
    "before": {"epochs": 0, "general_share": 0.0},
    "after, general speech mixed in": {"epochs": 3, "general_share": 0.4},
    "after, nothing mixed in": {"epochs": 3, "general_share": 0.0},
}
REPORTED = {
    "before": ("001.q3.zs.wer", "002.q3.zs_hf.wer_test"),
    "after, general speech mixed in": ("001.q3.ft.wer", "002.q3.ft.wer_test"),
}
FILES = ("whisper", "whisper_model", "whisper_pretrain", "whisper_finetune", "whisper_training", "whisper_decode", "whisper_data")
SOURCES = tuple(f"reference/speech_hw5/{name}.py" for name in FILES)
LEARNING_RATE = 6e-4
"""Chosen on the validation voices; see seeds/datasets/calibration/persian.json."""


def cases(size: Size) -> Sequence[Case]:
    """Name the three; both sizes start from the same checkpoint, since one that has learned less hears too little to compare."""
    rows = []
    for name, how in CASES.items():
        config = {**how, "learning_rate": LEARNING_RATE, "language": "fa"}
        rows.append(Case(name, config, SOURCES, 60.0 if how["epochs"] else 120.0, REPORTED.get(name, ())))
    return rows


@cache
def start() -> Path:
    """Give the folder of the checkpoint before fine-tuning; training it the first time takes four minutes of one core."""
    whisper_home.one_thread()
    return whisper_home.home()


def run(case: Case, setting: Setting) -> Outcome:
    """Fine-tune where the case asks for it, and write down the test part."""
    config, tuning, generic = case.config, persian.make(), persian.make(portion="generic")
    test, checkpoint = tuning.part("test"), start()
    with tempfile.TemporaryDirectory() as folder:
        curves: dict[str, Sequence[float]] = {}
        times = {}
        if config["epochs"]:
            how = {"share": config["general_share"], "epochs": config["epochs"], "learning_rate": config["learning_rate"]}
            tuned = Path(folder) / "tuned"
            history, seconds = timed(lambda: whisper_home.tune(start(), tuned, setting.seed, **how))
            checkpoint, times["train"] = tuned, Timing((seconds,))
            curves = {"loss": history["loss"], "validation_wer": history["validation_wer"]}
        clips = list(test.waveforms)
        heard, listening = timed(lambda: whisper_home.call("whisper.hear", clips, test.sample_rate, str(checkpoint), "fa"))
        times["predict"] = Timing((listening,))
        general = whisper_home.general_scores(checkpoint, generic.part("test"))
    wanted, texts = test.columns["text"].tolist(), [one.text for one in heard]
    errors, words = word_errors(wanted, texts)
    return Outcome(
        {"wer": float(errors.sum() / words.sum()), **{f"general: {name}": value for name, value in general.items()}},
        split=splits.describe("new voices, new sentences", tuning.part("train"), test, tuning.part("validation")),
        predictions=Predictions.of_texts(wanted, texts, groups=test.groups),
        curves=curves,
        times=times,
        throughput=Throughput(len(clips) / listening, "clips/s", "predict"),
        kernel={"framework": "torch", "attention": "SDPA, math kernel on a CPU"},
    )


TASK = Task(
    name="whisper",
    title="Persian by a small Whisper trained here, before and after fine-tuning (speech HW5, question 3)",
    metric=Metric("wer", higher_is_better=False),
    cases=cases,
    run=run,
    seeds={"small": 3, "full": 5},
    datasets=("persian",),
    needs=("torch", "transformers", "tokenizers", "safetensors"),
)
