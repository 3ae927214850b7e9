"""Measure where the bands of speech HW5's Whisper should stand, and make the small checkpoint that everybody's code runs.

    python -m benchmarks.tasks.calibrate_speech_hw5_whisper [--seeds N] [--checkpoint]

`--checkpoint` writes the small Whisper into the assignment, in half precision, with three recordings to try code on, of which two are
written down and one is translated without an error. It is pre-trained where the cache does not hold it. Then the staff's submission and
known mistakes are measured as the checks of question 3 do it, on recordings of other voices and sentences for each seed, and with that
seed of training.

A floor must let every right submission pass: the floor of the full points lies below the worst run of the reference by as much as those
runs spread, and the half-way floor in the middle between it and the best mistake.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.tasks.calibration import figures
from benchmarks.tasks.whisper_home import home, one_thread
from graders.kit.direct import Direct
from graders.kit.errors import StudentFault
from graders.kit.loading import CodeFolder
from graders.kit.mistakes import load
from graders.kit.proxy import Proxy
from graders.speech_hw5.speech import CHECKPOINT, RATE, RECIPE, REFERENCE, accuracies, everyday, prescriptions, rate
from graders.speech_hw5.test_whisper import MISLED, TUNED
from seeds.datasets import persian

OUT = Path(__file__).parents[2] / "graders" / "speech_hw5" / "calibration_whisper.json"
MISTAKES = OUT.parent / "mistakes"
LANGUAGES = ("fa", "en", "zh")
WRONG = {
    "q3w.transcribe": ("language_not_fixed", "rate_ignored", "special_tokens_kept"),
    "q3w.language": ("rate_ignored",),
    "q3w.translate": ("task_not_passed", "english_by_default"),
    "q3w.gain": ("padding_in_the_loss", "start_token_in_labels", "shared_network_trained", "last_epoch_kept"),
}


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

    source = home()
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


def listening(code: Proxy, recipe: persian.Recipe) -> dict[str, float]:
    """What the three checks that only listen measure."""
    folder = str(CHECKPOINT)
    words, named = [], []
    for language in LANGUAGES:
        clips = everyday(language, recipe)[:6]
        texts = [code.recognise.transcribe(wave, RATE, folder, language) for wave in clips.waves]
        words += accuracies(clips.texts, texts, language).tolist()
        for wave in clips.waves:
            found = code.recognise.detect_language(wave, RATE, folder)
            named.append(float(max(found, key=lambda key: found[key]) == language))
    chinese = everyday("zh", recipe)
    english = [code.recognise.translate(wave, RATE, folder) for wave in chinese.waves]
    translated = accuracies(chinese.translations, english, "en")
    return {"q3w.transcribe": np.mean(words), "q3w.language": np.mean(named), "q3w.translate": translated.mean()}


def tuning(code: Proxy, recipe: persian.Recipe, seed: int) -> dict[str, float]:
    """What the check of fine-tuning measures, and the WER before and after."""
    lesson = prescriptions(recipe)
    test = lesson.test
    with TemporaryDirectory() as folder:
        before = code.recognise.evaluate(str(CHECKPOINT), test.waves, test.texts)["transcripts"]
        given = (lesson.train.waves, lesson.train.texts, lesson.validation.waves, lesson.validation.texts)
        code.recognise.finetune(*given, str(CHECKPOINT), folder, **{**TUNED, "seed": seed})
        after = code.recognise.evaluate(folder, test.waves, test.texts)["transcripts"]
    rates = rate(test.texts, before), rate(test.texts, after)
    return {"q3w.gain": 1 - rates[1] / rates[0], "before": rates[0], "after": rates[1]}


def misled(code: Proxy, recipe: persian.Recipe, seed: int) -> list[float]:
    """Validation WER of the epochs that learn from texts of other recordings; it must rise, or the last epoch is the best."""
    train, validation = prescriptions(recipe).train[:24], everyday("fa", recipe)[:10]
    with TemporaryDirectory() as folder:
        given = (train.waves, train.texts[1:] + train.texts[:1], validation.waves, validation.texts, str(CHECKPOINT), folder)
        found = code.recognise.finetune(*given, **{**MISLED, "seed": seed})["validation_wer"]
    return [round(float(one), 4) for one in found]


def measure(seeds: range) -> dict[str, Any]:
    """Everything that the thresholds stand on."""
    everything = codes()
    wanted = sorted({name for names in WRONG.values() for name in names})
    values: dict[str, dict[str, list[float]]] = {}
    rising = []
    for seed in seeds:
        recipe = replace(RECIPE, seed=RECIPE.seed + seed)
        for name in ("reference", *wanted):
            # A network that one run has changed must not serve another.
            code = everything[name] if name == "reference" else codes()[name]
            found: dict[str, float] = {}
            try:
                found |= listening(code, recipe)
                found |= tuning(code, recipe, seed)
            except StudentFault as error:
                print(name, error, flush=True)
            for key, value in found.items():
                if name == "reference" or name in WRONG.get(key, ()):
                    values.setdefault(key, {}).setdefault(name, []).append(round(float(value), 4))
        rising.append(misled(everything["reference"], recipe, seed))
        print(seed, {key: value["reference"][-1] for key, value in values.items()}, rising[-1], flush=True)
    measured = {key: {name: figures(own) for name, own in by_name.items()} for key, by_name in sorted(values.items())}
    bands = {key: floors(by_name) for key, by_name in sorted(values.items()) if key in WRONG}
    return {"figures": measured, "bands": bands, "q3w.best": {"validation_wer": rising}}


def floors(by_name: dict[str, list[float]]) -> list[list[float]]:
    """Full points below the worst run by the runs' spread, half of them in the middle between that and 0, in steps of 0.05."""
    runs = by_name["reference"]
    full = np.floor(round((2 * min(runs) - max(runs)) * 20, 6)) / 20
    half = np.floor(round(full / 2 * 20, 6)) / 20
    return [[round(float(half), 2), 0.5], [round(float(full), 2), 1.0]]


def write(measured: dict[str, Any], seeds: int) -> None:
    """Write the record, a list of numbers to a line."""
    generic = persian.make(RECIPE, portion="generic")
    report = {
        "command": " ".join(["python -m benchmarks.tasks.calibrate_speech_hw5_whisper", *sys.argv[1:]]),
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
    options = parser.parse_args()
    one_thread()
    if options.checkpoint:
        make_checkpoint()
    if options.seeds:
        write(measure(range(options.seeds)), options.seeds)


if __name__ == "__main__":
    main()
