"""What the benchmarks of Whisper have in common: the reference's code, the small checkpoint from the embedded speech, and its scores.

The reference is loaded as a set of flat files, as a student's would be, and gets data as plain lists. The checkpoint is trained once and
kept in the cache, whoever asks first: its folder is named after the data, the settings and the versions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import numpy as np

from benchmarks.engine import splits
from benchmarks.engine.record import Predictions, Throughput, Timing
from benchmarks.engine.task import Outcome
from benchmarks.engine.words import word_errors, word_measures
from graders.kit.loading import CodeFolder
from seeds import cache
from seeds.datasets import Dataset, persian

CODE = CodeFolder.read(Path(__file__).parents[2] / "reference" / "speech_hw5")
MIXED = 800
"""General utterances that fine-tuning draws from."""


def module(name: str) -> ModuleType:
    """Give one of the reference's modules."""
    return CODE.load(name)


def call(name: str, *args: Any, **kwargs: Any) -> Any:
    """Call a function of the reference, "module.function"."""
    file, function = name.split(".")
    return CODE.call(file, function, args, kwargs)


def one_thread() -> None:
    """Keep torch to one thread: on shared cores two are many times slower."""
    import torch

    torch.set_num_threads(1)


def device() -> str:
    """Say where the reference puts its networks: "cuda" wherever there is one."""
    found: str = call("whisper_checkpoint.device").type
    return found


def parameters(checkpoint: Path) -> int:
    """Count the trained numbers of a checkpoint."""
    return sum(int(weight.numel()) for weight in call("whisper_checkpoint.load", str(checkpoint)).model.parameters())


def home(recipe: Literal["full", "kit", "quick"] = "full", *, progress: Callable[[int, float], object] | None = None) -> Path:
    """Give the folder of the small Whisper that has learned the generic portion's training part."""
    corpus = call("whisper_corpus.corpus", persian.make(portion="generic").part("train"))
    return Path(call("whisper_pretrain.kept", corpus, module("whisper_pretrain").RECIPES[recipe], cache.folder(), progress))


def tune(
    checkpoint: Path, folder: Path, seed: int, *, share: float = 0.4, epochs: int = 5, learning_rate: float | None = None
) -> dict[str, Any]:
    """Fine-tune on the practice, general speech mixed in, and give the history."""
    tuning, generic = persian.make(), persian.make(portion="generic").part("train")
    train, validation = tuning.part("train"), tuning.part("validation")
    general = call("whisper_corpus.general", call("whisper_corpus.corpus", generic), MIXED, seed)
    history: dict[str, Any] = call(
        "whisper_finetune.finetune",
        *(list(train.waveforms), train.columns["text"].tolist()),
        *(list(validation.waveforms), validation.columns["text"].tolist()),
        *(str(checkpoint), str(folder)),
        epochs=epochs,
        learning_rate=learning_rate,
        seed=seed,
        general=general,
        general_share=share,
    )
    return history


def count(checkpoint: Path, part: Dataset, language: str, task: str = "transcribe") -> Any:
    """Count the errors of each utterance, normalised for its language; Chinese by characters."""
    wanted = part.columns["translation" if task == "translate" else "text"].tolist()
    heard = call("whisper.hear", list(part.waveforms), part.sample_rate, str(checkpoint), language, task)
    return score(wanted, [one.text for one in heard], "en" if task == "translate" else language)


def score(wanted: Sequence[str], heard: Sequence[str], language: str) -> Any:
    """Count the errors of texts, both sides normalised alike."""
    normalizer = {"fa": "normalize", "en": "normalize_english", "zh": "normalize_chinese"}[language]
    sides = [[call(f"normalize.{normalizer}", text) for text in side] for side in (wanted, heard)]
    return call("wer.score", *sides)


def rate(scores: Any) -> float:
    """Give all errors over all words."""
    found: float = call("wer.corpus_rate", scores)
    return found


def general_scores(checkpoint: Path, part: Dataset) -> dict[str, float]:
    """Measure what a checkpoint knows beside the practice: languages, three transcripts, one translation."""
    spoken = part.columns["language"]
    whisper = call("whisper_checkpoint.load", str(checkpoint))
    features = call("whisper_data.log_mel", list(part.waveforms), whisper.extractor)
    best = call("whisper_decode.language_probabilities", whisper, features).argmax(1).tolist()
    codes = call("whisper_decode.language_codes", whisper)
    firsts = [codes[column] for column in best]
    found = {"language_identification": float(np.mean([one == other for one, other in zip(firsts, spoken, strict=True)]))}
    for language in ("fa", "en", "zh"):
        own = part.choose(spoken == language)
        found[f"{language}_{'cer' if language == 'zh' else 'wer'}"] = rate(count(checkpoint, own, language))
        if language == "zh":
            found["zh_to_en_wer"] = rate(count(checkpoint, own, language, "translate"))
    return found


def outcome(
    tuning: Dataset,
    texts: Sequence[str],
    *,
    metrics: Mapping[str, float] | None = None,
    curves: Mapping[str, Sequence[float]],
    parameters: int,
    times: Mapping[str, Timing],
    kernel: Mapping[str, str],
) -> Outcome:
    """Give what a run tells whose texts are those of the practice's test part, in order."""
    test = tuning.part("test")
    wanted = test.columns["text"].tolist()
    errors, words = word_errors(wanted, texts)
    return Outcome(
        {"wer": float(errors.sum() / words.sum()), **word_measures(wanted, texts), **(metrics or {})},
        split=splits.describe("new voices, new sentences", tuning.part("train"), test, tuning.part("validation")),
        predictions=Predictions.of_texts(wanted, list(texts), groups=test.groups),
        curves=curves,
        parameters=parameters,
        times=times,
        throughput=Throughput(len(texts) / times["predict"].median_s, "clips/s", "predict"),
        kernel={"framework": "torch", **kernel},
    )
