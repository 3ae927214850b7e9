"""Measure where the bands of speech HW4's training checks should stand.

    python -m benchmarks.tasks.calibrate_speech_hw4 [--real FSDD_OR_AUDIOMNIST] [--seeds N] [--out FILE]

Trains the reference and every known mistake that could matter in the experiments of `graders.speech_hw4.digits`, over several seeds,
and writes accuracies on unseen speakers, the bands that follow, and what they were measured with.

A floor must let every right submission pass: her random numbers are not ours, so the floor of the full points lies below the worst
reference run by as much as those runs spread, and the half-way floor in the middle between it and chance. It need not fail every
mistake: a wrong gradient can learn as well as a right one, and other checks find those.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from graders.kit.direct import Direct
from graders.kit.errors import CheckFailed, StudentFault
from graders.kit.loading import CodeFolder
from graders.kit.mistakes import load
from graders.kit.proxy import Proxy
from graders.speech_hw4.digits import EXPERIMENTS, REFERENCE, Parts, flat_features, learn, mean_features
from seeds.datasets import digits

ROOT = Path(__file__).parents[2]
MISTAKES = ROOT / "graders" / "speech_hw4" / "mistakes"
OUT = ROOT / "graders" / "speech_hw4" / "calibration.json"
CHANCE = 0.1
FLAT_ONLY = (
    *("flattened_by_coefficient", "flattened_padded_by_coefficient", "padded_in_front", "hop_not_passed", "filters_for_22050"),
    *("other_by_its_own_statistics", "standardized_per_clip", "delta_as_difference"),
)
ALWAYS = (
    *("slope_of_activation", "output_slope_missing", "hidden_slope_missing", "bias_gradient_missing", "relu_on_output"),
    *("targets_zero_one_for_bipolar", "scale_by_inputs_only", "scale_one", "scale_zero", "batch_updates", "order_not_shuffled"),
    *("gradient_of_mean", "weights_moved_too_early", "relu_slope_is_relu"),
)


def codes() -> dict[str, CodeFolder]:
    """The reference and the mistakes, by name."""
    known = {mistake.name: mistake.code for mistake in load(MISTAKES, REFERENCE).known}
    return {"reference": CodeFolder.read(REFERENCE)} | {name: known[name] for name in (*ALWAYS, *FLAT_ONLY)}


def accuracies(code: CodeFolder, check: str, parts: Parts, means: Any, seeds: range) -> list[float]:
    """Accuracy on unseen speakers for each seed; 0 where the code cannot do it at all."""
    direct = Direct(code)
    proxy = Proxy(lambda module, name, args, kwargs: direct.call(module, name, args, kwargs))
    try:
        data = flat_features(proxy, parts) if check == "q2.learns_flat" else means
        with np.errstate(all="ignore"):  # some mistakes diverge
            return [round(learn(proxy, data, EXPERIMENTS[check], seed).accuracy, 4) for seed in seeds]
    except (StudentFault, CheckFailed):
        return [0.0 for _ in seeds]


def bands(reference: list[float]) -> list[list[float]]:
    """Full points below the worst run by the runs' spread, half of them half-way down to chance, in steps of 0.05."""
    lowest = min(reference) - (max(reference) - min(reference))
    full = np.floor(round(lowest * 20, 6)) / 20
    half = np.floor(round((full + CHANCE) / 2 * 20, 6)) / 20
    return [[round(float(half), 2), 0.5], [round(float(full), 2), 1.0]]


def measure(parts: Parts, seeds: range) -> dict[str, Any]:
    """Every experiment with every code that can matter in it."""
    means, result = mean_features(parts), {}
    for check, how in EXPERIMENTS.items():
        start = time.process_time()
        reference = accuracies(codes()["reference"], check, parts, means, seeds)
        seconds = (time.process_time() - start) / len(seeds)
        wrong = {
            name: accuracies(code, check, parts, means, seeds)
            for name, code in codes().items()
            if name != "reference" and (check == "q2.learns_flat" or name in ALWAYS)
        }
        result[check] = {
            "experiment": asdict(how),
            "bands": bands(reference),
            "cpu_seconds_per_run": round(seconds, 3),
            "accuracy": {"reference": reference} | wrong,
        }
    return result


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, help="a copy of FSDD or AudioMNIST instead of the embedded digits")
    parser.add_argument("--stored-rate", type=int, help="Hz, if its files were resampled")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    everything = digits.load(options.real, stored_rate=options.stored_rate) if options.real else digits.make()
    parts: Parts = (everything.choose(everything.parts != "test"), everything.part("test"))
    checks = measure(parts, range(options.seeds))
    if options.real:  # the bands in use are those of the embedded digits; see `difficulty`
        for row in checks.values():
            del row["bands"]
    report = {
        "what": "accuracy on unseen speakers, one value per seed; see benchmarks/tasks/calibrate_speech_hw4.py for the rule of the bands",
        "data": {
            "learned_from": f"{len(parts[0])} clips, {parts[0].fingerprint}",
            "unseen": f"{len(parts[1])} clips, {parts[1].fingerprint}",
            **parts[0].provenance,
        },
        "seeds": list(range(options.seeds)),
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "machine": platform.machine()},
        "checks": checks,
    }
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda row: f"[{' '.join(row[1].split())}]", json.dumps(report, indent=2))
    options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
