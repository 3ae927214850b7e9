"""Measure where the bands of speech HW5's Whisper should stand, and make the small checkpoint that everybody's code runs.

    python -m benchmarks.tasks.calibrate_speech_hw5_whisper [--seeds N] [--checkpoint] [--hand-in] [--keep FOLDER]

`--checkpoint` writes the small Whisper into the assignment, in half precision, with three recordings to try code on, of which two are
written down and one is translated without an error. It is pre-trained where the cache does not hold it. `--hand-in` makes the test
recordings beside it, and what the staff hands in for them: `reference/speech_hw5/tuned/` and `transcripts.csv`.

Then the staff's submission and known mistakes are measured as the checks of question 3 do it: what only listens on recordings of other
voices and sentences for each seed, fine-tuning on the check's own recordings with each seed of training, and trainings on the whole
practice, right ones and worse; `--keep` names a folder where these are stored and found again.

A floor must let every right submission pass: the floor of the full points lies below the worst run of the reference by as much as those
runs spread, at least by 0.1, and the half-way floor in the middle between it and 0.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.tasks import whisper_hand_in
from benchmarks.tasks.calibration import figures
from benchmarks.tasks.whisper_home import home, one_thread
from graders.kit.direct import Direct
from graders.kit.loading import CodeFolder
from graders.kit.mistakes import load
from graders.kit.proxy import Proxy
from graders.speech_hw5.speech import (
    CHECKPOINT,
    RATE,
    RECIPE,
    REFERENCE,
    accuracies,
    disclosed,
    everyday,
    finetuned,
    prescriptions,
    taken_away,
)
from graders.speech_hw5.test_whisper import MISLED, TUNED
from seeds.datasets import persian

OUT = Path(__file__).parents[2] / "graders" / "speech_hw5" / "calibration_whisper.json"
MISTAKES = OUT.parent / "mistakes"
LANGUAGES = ("fa", "en", "zh")


def proxy(code: CodeFolder) -> Proxy:
    """That code, called in this process."""
    direct = Direct(code)
    return Proxy(lambda module, name, args, kwargs: direct.call(module, name, args, kwargs))


def codes() -> dict[str, Proxy]:
    """The staff's submission and the mistakes in it, by name."""
    known = {one.name: proxy(one.code) for one in load(MISTAKES, REFERENCE).known if one.file == "recognise"}
    return {"reference": proxy(CodeFolder.read(REFERENCE))} | known


def make_checkpoint() -> None:
    """Write the small Whisper into the assignment: half precision, JSON without spaces, and three recordings to try it on."""
    from safetensors.torch import load_file, save_file

    source = home("kit")
    CHECKPOINT.mkdir(exist_ok=True)
    weights = {name: value.half().contiguous() for name, value in load_file(source / "model.safetensors").items()}
    save_file(weights, CHECKPOINT / "model.safetensors", metadata={"format": "pt"})
    (CHECKPOINT / "model.safetensors").chmod(0o644)
    for path in source.glob("*.json"):
        content = json.loads(path.read_text(encoding="utf-8"))
        short = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        (CHECKPOINT / path.name).write_text(short + "\n", encoding="utf-8")
    code, generic = codes()["reference"], persian.make(RECIPE, portion="generic").part("train")
    columns = [generic.columns[name].tolist() for name in ("text", "translation", "language")]
    examples: dict[str, Any] = {}
    for samples, text, translation, language in zip(generic.waveforms, *columns, strict=True):
        stored = np.round(np.asarray(samples) * 32767).astype(np.int16)
        given = (stored.astype(np.float32) / 32768, RATE, str(CHECKPOINT))
        found = code.recognise.detect_language(*given)
        if language in examples or max(found, key=lambda key: found[key]) != language:
            continue
        if translation == code.recognise.translate(*given) if language == "zh" else text == code.recognise.transcribe(*given):
            examples |= {language: stored, f"{language}_text": np.array(translation if language == "zh" else text)}
    np.savez_compressed(CHECKPOINT / "examples.npz", **examples)


def transcribed(code: Proxy, recipe: persian.Recipe, seed: int) -> float:
    """Share of words written rightly, in three languages."""
    found: list[float] = []
    for language in LANGUAGES:
        clips = everyday(language, recipe)[:6]
        texts = [code.recognise.transcribe(wave, RATE, str(CHECKPOINT), language) for wave in clips.waves]
        found += accuracies(clips.texts, texts, language).tolist()
    return float(np.mean(found))


def named(code: Proxy, recipe: persian.Recipe, seed: int) -> float:
    """Share of recordings whose language is the most probable one."""
    found = []
    for language in LANGUAGES:
        for wave in everyday(language, recipe).waves[:6]:
            likely = code.recognise.detect_language(wave, RATE, str(CHECKPOINT))
            found.append(max(likely, key=lambda key: likely[key]) == language)
    return float(np.mean(found))


def translated(code: Proxy, recipe: persian.Recipe, seed: int) -> float:
    """Share of English words written rightly for Chinese speech."""
    clips = everyday("zh", recipe)
    texts = [code.recognise.translate(wave, RATE, str(CHECKPOINT)) for wave in clips.waves]
    return float(accuracies(clips.translations, texts, "en").mean())


def gained(code: Proxy, recipe: persian.Recipe, seed: int) -> float:
    """Share of the errors on new voices that a small fine-tuning takes away; its recordings are the same for each seed."""
    lesson = prescriptions()
    test = lesson.test
    with TemporaryDirectory() as folder:
        finetuned(code, lesson.train, lesson.validation, str(CHECKPOINT), folder, replace(TUNED, seed=seed))
        after = code.recognise.evaluate(folder, test.waves, test.texts)["transcripts"]
    before = code.recognise.evaluate(str(CHECKPOINT), test.waves, test.texts)["transcripts"]
    return float(taken_away(test, before, after).mean())


def misled(code: Proxy, recipe: persian.Recipe, seed: int) -> list[float]:
    """Validation WER of the epochs that learn from texts of other recordings; it must rise, or the last epoch is the best."""
    train, validation = prescriptions(recipe).train[:24], disclosed("fa", recipe)[:10]
    with TemporaryDirectory() as folder:
        wrong = replace(train, texts=train.texts[1:] + train.texts[:1])
        found = finetuned(code, wrong, validation, str(CHECKPOINT), folder, replace(MISLED, seed=seed))[1]
    return [round(one, 4) for one in found]


def measure(seeds: range, keep: Path) -> dict[str, Any]:
    """Everything that the thresholds stand on."""
    values: dict[str, dict[str, list[float]]] = {}
    rising = []
    for seed in seeds:
        recipe, everything = replace(RECIPE, seed=RECIPE.seed + seed), codes()
        for key, (run, wrong) in MEASURES.items():
            for name in ("reference", *wrong):
                found = round(run(everything[name], recipe, seed), 4)
                values.setdefault(key, {}).setdefault(name, []).append(found)
        rising.append(misled(everything["reference"], recipe, seed))
        print(
            seed, {key: {name: own[-1] for name, own in value.items()} for key, value in values.items()}, rising[-1], flush=True
        )
    values |= whisper_hand_in.measured(codes()["reference"], keep)
    return {
        "checks": {key: {"bands": floors(value["reference"]), **_figures(value)} for key, value in values.items()},
        "q3w.best": {"validation_wer": rising},
    }


def _figures(by_name: dict[str, list[float]]) -> dict[str, Any]:
    return {name: figures(own) for name, own in by_name.items()}


def floors(runs: list[float]) -> list[list[float]]:
    """Full points below the worst run, half of them in the middle between that and 0, in steps of 0.05."""
    full = np.floor(round((min(runs) - max(0.1, max(runs) - min(runs))) * 20, 6)) / 20
    half = np.floor(round(full / 2 * 20, 6)) / 20
    return [[round(float(half), 2), 0.5], [round(float(full), 2), 1.0]]


MEASURES: dict[str, tuple[Callable[[Proxy, persian.Recipe, int], float], tuple[str, ...]]] = {
    "q3w.transcribe": (transcribed, ("language_not_fixed", "special_tokens_kept")),
    "q3w.language": (named, ("scores_for_probabilities",)),
    "q3w.translate": (translated, ("task_not_passed", "english_by_default")),
    "q3w.gain": (gained, ("padding_in_the_loss", "start_token_in_labels", "end_left_out", "shared_network_trained")),
}
"""What each graded check measures, and mistakes to measure beside the reference."""


def write(measured: dict[str, Any], seeds: int) -> None:
    """Write the record, a list of numbers to a line."""
    generic = persian.make(RECIPE, portion="generic")
    report = {
        "command": f"python -m benchmarks.tasks.calibrate_speech_hw5_whisper --seeds {seeds}",
        "what": "shares of words, recordings or errors, as the checks of question 3 measure them, one value for each seed",
        "data": {"fingerprint": generic.fingerprint, "recipe": str(RECIPE)},
        "checkpoint": hashlib.sha256((CHECKPOINT / "model.safetensors").read_bytes()).hexdigest(),
        "seeds": list(range(seeds)),
        "versions": {name: version(name) for name in ("numpy", "torch", "transformers")},
        **measured,
    }
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda row: f"[{' '.join(row[1].split())}]", json.dumps(report, indent=2))
    OUT.write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--checkpoint", action="store_true", help="make the checkpoint first")
    parser.add_argument("--hand-in", action="store_true", help="make the kit's recordings and what the staff hands in")
    parser.add_argument("--keep", type=Path, help="where trainings on the whole practice are stored and found")
    options = parser.parse_args()
    one_thread()
    if options.checkpoint:
        make_checkpoint()
    with TemporaryDirectory() as folder:
        keep = options.keep or Path(folder)
        keep.mkdir(parents=True, exist_ok=True)
        if options.hand_in:
            whisper_hand_in.store_recordings()
            whisper_hand_in.store(codes()["reference"], keep)
        if options.seeds:
            write(measure(range(options.seeds), keep), options.seeds)


if __name__ == "__main__":
    main()
