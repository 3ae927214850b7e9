"""How hard the embedded Persian is for the small Whisper: word error rates before and after fine-tuning, and what is forgotten.

    python -m benchmarks.tasks.calibrate_persian [--seeds N]

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
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tasks.calibration import figures, write
from benchmarks.tasks.whisper_home import call, count, general_scores, home, one_thread, rate, tune
from seeds.datasets import Dataset, persian

EPOCHS, LEARNING_RATE = 3, 6e-4


def practice(tuning: Dataset, generic: Dataset, seeds: list[int], folder: Path) -> dict[str, Any]:
    """Measure before and after, and the general speech beside it."""
    start = home()
    test, general = tuning.part("test"), generic.part("test")
    before = count(start, test, "fa")
    values: dict[str, list[float]] = {"before.test_wer": [rate(before)]}
    values |= {f"general_before.{name}": [value] for name, value in general_scores(start, general).items()}
    after, best, seconds = [], [], []
    for seed in seeds:
        began = time.process_time()
        history = tune(start, folder / str(seed), seed, epochs=EPOCHS, learning_rate=LEARNING_RATE)
        seconds.append(round(time.process_time() - began, 1))
        best.append(history["best_epoch"])
        after.append(count(folder / str(seed), test, "fa"))
        values.setdefault("after.test_wer", []).append(rate(after[-1]))
        values.setdefault("after.validation_wer", []).append(min(history["validation_wer"]))
        for name, value in general_scores(folder / str(seed), general).items():
            values.setdefault(f"general_after.{name}", []).append(value)
    tune(start, folder / "alone", seeds[0], share=0.0, epochs=EPOCHS, learning_rate=LEARNING_RATE)
    values["alone_after.test_wer"] = [rate(count(folder / "alone", test, "fa"))]
    values |= {f"general_after_alone.{name}": [value] for name, value in general_scores(folder / "alone", general).items()}
    paired = [call("bootstrap.paired", before.errors, own.errors, before.lengths, test.groups) for own in after]
    return {
        "best_epoch": best,
        "fine_tuning_cpu_s": seconds,
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
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    one_thread()
    seeds = list(range(options.seeds))
    tuning, generic = persian.make(), persian.make(portion="generic")
    with tempfile.TemporaryDirectory() as folder:
        measured = practice(tuning, generic, seeds, Path(folder))
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
        "text": novelty(tuning, generic),
        **measured,
    }
    print(write(tuning, "calibrate_persian", body).read_text())


if __name__ == "__main__":
    main()
