"""How hard the embedded Persian is for the small Whisper: word error rates before and after fine-tuning, and what is forgotten.

    python -m benchmarks.tasks.calibrate_persian [--seeds N] [--workers N]

One small Whisper learns the generic portion's training part, and is fine-tuned on the practice once for each seed. "before" and "after"
are normalised corpus WER on the fine-tuning portion, new voices and new sentences, decoded by one function with the language given.
"general" is the generic portion's test part before and after: languages identified, Persian and English WER, Chinese by characters, and
Chinese translated to English. The practice is learned once more without general speech mixed in, to show what then is forgotten. Counts
say how much of the text is new. The settings were chosen on validation parts; this record measures the test parts afterwards.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tasks.calibration import figures, write
from benchmarks.tasks.whisper_home import call, count, general_scores, home, one_thread, rate, tune
from seeds.datasets import Dataset, persian
from seeds.parallel import spread

EPOCHS, LEARNING_RATE, SHARE = 5, 6e-4, 0.4


@dataclass(frozen=True)
class Tuned:
    """What one fine-tuning gave."""

    seed: int
    best_epoch: int
    cpu_s: float
    validation_wer: float
    errors: list[int]
    words: list[int]
    general: dict[str, float]


def practise(start: Path, tuning: Dataset, generic: Dataset, jobs: list[tuple[int, float]], place: int) -> Tuned:
    """Fine-tune with one seed and share of general speech, and measure on the test parts."""
    seed, share = jobs[place]
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        history = tune(start, Path(folder), seed, share=share, epochs=EPOCHS, learning_rate=LEARNING_RATE)
        seconds = time.process_time() - began
        test = count(Path(folder), tuning.part("test"), "fa")
        general = general_scores(Path(folder), generic.part("test"))
    errors, words = test.errors.tolist(), test.lengths.tolist()
    return Tuned(seed, history["best_epoch"], round(seconds, 1), min(history["validation_wer"]), errors, words, general)


def practice(tuning: Dataset, generic: Dataset, seeds: list[int], workers: int) -> dict[str, Any]:
    """Measure before and after, and the general speech beside it; the last job mixes none in."""
    start, test = home(), tuning.part("test")
    before = count(start, test, "fa")
    values: dict[str, list[float]] = {"before.test_wer": [rate(before)]}
    values |= {f"general_before.{name}": [value] for name, value in general_scores(start, generic.part("test")).items()}
    jobs = [*((seed, SHARE) for seed in seeds), (seeds[0], 0.0)]
    *mixed, alone = spread(partial(practise, start, tuning, generic, jobs), len(jobs), workers=workers)
    values["after.test_wer"] = [sum(own.errors) / sum(own.words) for own in mixed]
    values["after.validation_wer"] = [own.validation_wer for own in mixed]
    for name in alone.general:
        values[f"general_after.{name}"] = [own.general[name] for own in mixed]
        values[f"general_after_alone.{name}"] = [alone.general[name]]
    values["alone_after.test_wer"] = [sum(alone.errors) / sum(alone.words)]
    paired = [call("bootstrap.paired", before.errors, own.errors, before.lengths, test.groups) for own in mixed]
    return {
        "best_epoch": [own.best_epoch for own in mixed],
        "fine_tuning_cpu_s": [own.cpu_s for own in mixed],
        "reduction": [
            [round(float(x), 4) for x in (own.reduction.value, own.reduction.low, own.reduction.high)] for own in paired
        ],
        "figures": {name: figures(own) for name, own in values.items()},
    }


def novelty(tuning: Dataset, generic: Dataset) -> dict[str, float]:
    """Shares of validation and test sentences, words and pairs of words that no training text has."""
    heard = [*tuning.part("train").columns["text"].tolist(), *generic.part("train").columns["text"].tolist()]
    sentences, words = set(heard), {word for text in heard for word in text.split()}
    pairs = {pair for text in heard for pair in zip(text.split(), text.split()[1:], strict=False)}
    shares = {}
    for part in ("validation", "test"):
        asked = tuning.part(part).columns["text"].tolist()
        own = [pair for text in asked for pair in zip(text.split(), text.split()[1:], strict=False)]
        shares[f"{part}.new_sentences"] = float(np.mean([text not in sentences for text in asked]))
        shares[f"{part}.new_words"] = float(np.mean([word not in words for text in asked for word in text.split()]))
        shares[f"{part}.new_pairs_of_words"] = float(np.mean([pair not in pairs for pair in own]))
    return {key: round(value, 4) for key, value in shares.items()}


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    one_thread()
    seeds = list(range(options.seeds))
    tuning, generic = persian.make(), persian.make(portion="generic")
    measured = practice(tuning, generic, seeds, options.workers)
    body: dict[str, Any] = {
        "what": "normalised corpus word error rates of the small Whisper on test parts, one value per seed of fine-tuning",
        "generic": {"fingerprint": generic.fingerprint, "examples": len(generic)},
        "minutes": {
            "fine_tuning": round(sum(map(len, tuning.waveforms)) / tuning.sample_rate / 60, 1),
            "generic": round(sum(map(len, generic.waveforms)) / generic.sample_rate / 60, 1),
        },
        "seeds": seeds,
        "epochs": EPOCHS,
        "learning_rate": LEARNING_RATE,
        "general_share": SHARE,
        "text": novelty(tuning, generic),
        **measured,
    }
    print(write(tuning, "calibrate_persian", body).read_text())


if __name__ == "__main__":
    main()
