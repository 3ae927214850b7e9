"""Measure where the bands of ML HW5 question 4 should stand, and train the weights that the reference hands in.

    python -m benchmarks.tasks.calibrate_ml_hw5_phonemes [--seeds N] [--weights]

Three things are measured on the voices that the suite withholds, over several seeds: what the suite's small training comes to, with the
reference and with known mistakes in it; what networks trained on all training voices come to, from the course's perceptron without
context to the stronger reference; and what a network that has learned from the withheld voices looks like. `--weights` also stores
the stronger reference of the first seed as float16 beside the reference.

Small training: the floor of the full points lies below the worst reference run by as much as those runs spread, in steps of 0.05, and
the half-way floor in the middle between it and the most frequent symbol. Cut-offs of weights handed in: "very low" and "medium" lie
below the worst run without context and of the course's network, by as much as its runs spread, in steps of 0.01; "low" lies half-way
between these two, and "high" half-way between the best run of the course's network and the worst of the stronger one, in steps of 0.005.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tasks.calibration import figures
from graders.kit.direct import Direct
from graders.kit.loading import CodeFolder
from graders.kit.mistakes import load
from graders.kit.proxy import Proxy
from graders.ml_hw5.frames import CALIBRATION, CONTEXT, REFERENCE, SMALL, UNSEEN_UTTERANCES, Spoken, learn, parts, spoken
from seeds.choice import EMBEDDED, use

MISTAKES = Path(__file__).parents[2] / "graders" / "ml_hw5" / "mistakes"
WRONG = (
    *("not_normalised", "normalised_over_coefficients", "windows_across_borders", "past_frames_only", "labels_out_of_step"),
    *("softmax_in_the_loss", "training_statistics_at_predict"),
)
COURSE = {"epochs": 5, "learning_rate": 1e-3, "batch_size": 1024}
STRONG = {"epochs": 6, "learning_rate": 4e-3, "batch_size": 1024}
CLAIMS: dict[str, tuple[str, int, dict[str, Any]]] = {
    "no context": ("mlp", 0, COURSE),
    "course's network": ("mlp", CONTEXT, COURSE),
    "stronger reference": ("strong", CONTEXT, STRONG),
}


def proxy(code: CodeFolder) -> Proxy:
    """The staff's own code, called as a submission is."""
    direct = Direct(code)
    return Proxy(lambda module, name, args, kwargs: direct.call(module, name, args, kwargs), direct.scratch)


def small_trainings(seeds: range) -> dict[str, Any]:
    """The suite's small training with the reference and with known mistakes, on the withheld voices."""
    known = {mistake.name: mistake.code for mistake in load(MISTAKES, REFERENCE).known if mistake.name in WRONG}
    result = {}
    for name, code in {"reference": CodeFolder.read(REFERENCE), **known}.items():
        start = time.process_time()
        result[name] = figures([learn(proxy(code), parts(), tempfile.mkdtemp(), seed).accuracy for seed in seeds])
        result[name]["cpu_seconds_per_run"] = round((time.process_time() - start) / len(seeds), 1)
        print(name, result[name], flush=True)
    return result


def accuracy(code: Proxy, name: str, context: int, folder: str, part: Spoken) -> float:
    """Share of right frames."""
    found = code.phonemes.predict(name, part.utterances, folder, context=context).argmax(axis=1)
    return float((found == part.targets).mean())


def claims(seeds: range, folder: Path) -> dict[str, Any]:
    """Networks trained on all training voices: accuracy on withheld voices, and the gap to voices learned from."""
    learned_from, withheld = parts()
    everything, unseen = spoken(learned_from, len(learned_from), 99), spoken(withheld, len(withheld), UNSEEN_UTTERANCES)
    glimpse, code, result = spoken(learned_from, 10, 1), proxy(CodeFolder.read(REFERENCE)), {}
    told = both(everything, spoken(withheld, len(withheld), 99))
    for label, (name, context, settings) in {**CLAIMS, "learned from withheld voices": CLAIMS["course's network"]}.items():
        honest, rows, start = label in CLAIMS, [], time.process_time()
        part = everything if honest else told
        for seed in seeds if honest else seeds[:1]:  # one run tells enough of the gap that is none
            place = folder / f"{label}-{seed}"
            place.mkdir(parents=True)
            given = (part.utterances, part.labels, glimpse.utterances, glimpse.labels)
            code.phonemes.train(name, *given, context=context, seed=seed, folder=str(place), **settings)
            rows.append([accuracy(code, name, context, str(place), one) for one in (unseen, glimpse)])
        reached, seen = np.array(rows).T
        result[label] = {
            "network": name,
            "context": context,
            **settings,
            "withheld": figures(reached),
            "gap": figures(seen - reached),
        }
        result[label]["cpu_seconds_per_run"] = round((time.process_time() - start) / len(rows), 1)
        print(label, result[label], flush=True)
    return result


def both(one: Spoken, other: Spoken) -> Spoken:
    """Two parts as one."""
    return Spoken(one.utterances + other.utterances, one.labels + other.labels, one.voices + other.voices)


def below(row: dict[str, Any], step: float) -> float:
    """The worst run less the spread of the runs, rounded down."""
    return float(np.floor(round((row["lowest"] - (row["highest"] - row["lowest"])) / step, 6)) * step)


def bands(learned: dict[str, Any], claimed: dict[str, Any], majority: float) -> dict[str, Any]:
    """Floors and shares for both checks, by the rules of the module's head."""
    full = below(learned["reference"], 0.05)
    half = float(np.floor(round((full + majority) / 2 / 0.05, 6)) * 0.05)
    very_low, medium = (below(claimed[label]["withheld"], 0.01) for label in ("no context", "course's network"))
    high = (claimed["course's network"]["withheld"]["highest"] + claimed["stronger reference"]["withheld"]["lowest"]) / 2
    tiers = [very_low, (very_low + medium) / 2, medium, float(np.floor(high / 0.005) * 0.005)]
    return {
        "q4.learns": [[round(half, 2), 0.5], [round(full, 2), 1.0]],
        "q4.claimed": [[round(floor, 3), share] for floor, share in zip(tiers, (0.25, 0.5, 0.75, 1.0), strict=True)],
    }


def limits(claimed: dict[str, Any]) -> dict[str, float]:
    """When a TA is told: half-way from honest runs to one that has learned from the withheld voices, in accuracy and in gap."""
    honest = [row for label, row in claimed.items() if label in CLAIMS and row["context"]]
    told = claimed["learned from withheld voices"]
    top, gap = max(row["withheld"]["highest"] for row in honest), min(row["gap"]["lowest"] for row in honest)
    return {
        "highest": round((top + told["withheld"]["lowest"]) / 2, 3),
        "smallest_gap": round((gap + told["gap"]["highest"]) / 2, 3),
    }


def store_weights(source: Path) -> None:
    """The stronger network of the first seed as float16: half the bytes, and the same predictions to three digits."""
    target = REFERENCE / "weights"
    target.mkdir(exist_ok=True)
    with np.load(source / "strong.npz") as stored:
        np.savez_compressed(target / "strong.npz", **{key: stored[key].astype(np.float16) for key in stored.files})


def main() -> None:
    """Measure and write."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--weights", action="store_true", help="also store the weights that the reference hands in")
    options = parser.parse_args()
    torch.set_num_threads(1)
    use("phonemes", EMBEDDED)
    seeds, folder = range(options.seeds), Path(tempfile.mkdtemp(prefix="phonemes-"))
    try:
        learned, claimed = small_trainings(seeds), claims(seeds, folder)
        if options.weights:
            store_weights(folder / "stronger reference-0")
    finally:
        shutil.rmtree(folder)
    unseen = spoken(parts()[1], len(parts()[1]), UNSEEN_UTTERANCES)
    majority = float(np.bincount(unseen.targets).max() / unseen.frames)
    report = {
        "what": "frame accuracy on withheld voices, one value per seed; the rules of the bands stand in the module named by the command",
        "command": " ".join(["python -m benchmarks.tasks.calibrate_ml_hw5_phonemes", *sys.argv[1:]]),
        "data": {"learned_from": parts()[0].fingerprint, "withheld": parts()[1].fingerprint, **parts()[0].provenance},
        "withheld_frames": unseen.frames,
        "majority": round(majority, 4),
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "torch": torch.__version__},
        "machine": f"{platform.machine()}, CPU, one thread",
        "seeds": list(seeds),
        "bands": bands(learned, claimed, majority),
        "claimed": limits(claimed) | {"accuracy": claimed},
        "learns": {"experiment": vars(SMALL), "accuracy": learned},
    }
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda row: f"[{' '.join(row[1].split())}]", json.dumps(report, indent=1))
    CALIBRATION.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
