"""Measure where the bands of speech HW4's checks on voices should stand, and how the ways of the open set compare.

    python -m benchmarks.tasks.calibrate_speech_hw4_speakers [--real KAGGLE_FOLDER] [--seeds N] [--out FILE]

Runs the experiments of `graders.speech_hw4.voices` with the reference and with every known mistake that could matter in them, and writes
the shares of right answers on recordings of the test part. Each seed is another set of voices, rooms, recordings and outsiders by the same
recipe; the first is the one that submissions are graded on. The experiments hold no chance of their own, so a right submission
reaches what the reference reaches, but for rounding.

A floor must let every right submission pass, on these voices and on others: the floor of the full points lies 0.05 below the reference's
worst seed, and the half-way floor in the middle between it and what an answer without listening is worth.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tasks.calibration import figures
from graders.kit.direct import Direct
from graders.kit.errors import CheckFailed, StudentFault
from graders.kit.loading import CodeFolder
from graders.kit.mistakes import load
from graders.kit.proxy import Proxy
from graders.speech_hw4.voices import CALIBRATION, KIND, NOBODY, REFERENCE, closed_set, n_speakers, open_set, outcome
from seeds.datasets import Dataset, speakers

MISTAKES = Path(__file__).parents[2] / "graders" / "speech_hw4" / "mistakes"
CHANCE = {"q4.learns_trio": 0.2, "q4.learns_mfcc": 0.2, "q4.learns_outsiders": 0.5}
MARGIN = 0.05
PENALTY = 1e-3  # of the solver, in the comparison with gradient descent
TRAINING = (
    *("softmax_by_column", "labels_off_by_one", "gradient_not_averaged", "bias_left_out", "bias_gradient_missing"),
    *("gradient_turned_round", "step_uphill", "one_clip_in_each_step", "answers_from_one", "least_probable_named"),
)
SOUND = (
    *("filters_for_22050", "first_coefficient_dropped", "hop_not_passed", "centred_frames", "each_part_by_itself"),
    *("scaler_before_split", "pool_out_of_order"),
)
DOOR = (
    *(
        "never_rejects",
        "not_whitened",
        "whitened_by_all",
        "origin_left_at_zero",
        "inner_product_for_cosine",
        "scores_of_both_swapped",
    ),
    *("eer_at_one_half", "eer_as_smallest_error", "thresholds_between_zero_and_one"),
)
MATTER = {"q4.learns_trio": TRAINING, "q4.learns_mfcc": (*TRAINING, *SOUND), "q4.learns_outsiders": DOOR}


def codes() -> dict[str, CodeFolder]:
    """The reference and the mistakes, by name."""
    known = {one.name: one.code for one in load(MISTAKES, REFERENCE).known if one.file in ("speakers", "openset")}
    return {"reference": CodeFolder.read(REFERENCE)} | {name: known[name] for name in (*TRAINING, *SOUND, *DOOR)}


def proxy(code: CodeFolder) -> Proxy:
    """A folder of code as a suite sees it."""
    direct = Direct(code)
    return Proxy(lambda module, name, args, kwargs: direct.call(module, name, args, kwargs))


def share(check: str, code: CodeFolder, data: Dataset) -> float:
    """The share of right answers; 0 where the code cannot do it at all."""
    try:
        with np.errstate(all="ignore"):  # some mistakes diverge
            return round(float(outcome(check, proxy(code), data)[0].mean()), 4)
    except (StudentFault, CheckFailed):
        return 0.0


def bands(check: str, reference: list[float]) -> list[list[float]]:
    """The two floors, rounded down to steps of 0.05, with their shares of the points."""
    full = np.floor(round((min(reference) - MARGIN) * 20, 6)) / 20
    half = np.floor(round((full + CHANCE[check]) / 2 * 20, 6)) / 20
    return [[round(float(half), 2), 0.5], [round(float(full), 2), 1.0]]


def trainings(data: Dataset) -> dict[str, float]:
    """Test accuracy by gradient descent and by the solver, with both kinds of features, split by recording."""
    code, n, found = CodeFolder.read(REFERENCE), n_speakers(data), {}
    for kind in ("trio", "mfcc"):
        train, test = closed_set(data, kind)
        models = {
            "descent": code.call("speakers", "train", (train.x, train.labels, n))["model"],
            "solver": code.call("speakers", "solve", (train.x, train.labels, n, PENALTY)),
        }
        for way, model in models.items():
            found[f"{kind}.{way}.accuracy"] = float(np.mean(code.call("speakers", "classify", (model, test.x)) == test.labels))
    return found


def open_ways(data: Dataset) -> dict[str, float]:
    """EER on the test part, and false acceptance and right answers at the validation part's threshold, for each way."""
    crowd, code = open_set(data), CodeFolder.read(REFERENCE)
    parts = [(part.x, part.labels) for part in (crowd.train, crowd.validation, crowd.test)]
    table = code.call("openset", "compare", (parts[0], crowd.background, parts[1], parts[2], n_speakers(data)))
    return {f"{way}.{name}": value for way, row in table.items() for name, value in row.items() if name != "threshold"}


def over(sets: list[Dataset], measure: Callable[[Dataset], dict[str, float]]) -> dict[str, Any]:
    """Each figure over all sets."""
    rows = [measure(data) for data in sets]
    return {name: figures([row[name] for row in rows]) for name in rows[0]}


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, help="a copy of the Kaggle set, with outsiders, instead of the embedded speakers")
    parser.add_argument("--seeds", type=int, default=5, help="sets of embedded voices; the first is the one in use")
    parser.add_argument("--out", type=Path, default=CALIBRATION)
    options = parser.parse_args()
    seeds = [42 + k for k in range(1 if options.real else options.seeds)]
    if options.real:
        sets = [speakers.load(options.real, outsiders=True)]
    else:
        sets = [speakers.make(replace(speakers.Recipe(), seed=seed), outsiders=True) for seed in seeds]
    checks: dict[str, Any] = {}
    for check in KIND:
        right = {name: [share(check, code, data) for data in sets] for name, code in codes().items() if _matters(name, check)}
        checks[check] = {"right": right} if options.real else {"bands": bands(check, right["reference"]), "right": right}
    crowd = open_set(sets[0])
    report = {
        "what": "share of right answers on unheard recordings, one value per seed; see calibrate_speech_hw4_speakers.py for the rule",
        "data": {"clips": len(sets[0]), "fingerprint": sets[0].fingerprint, **sets[0].provenance},
        "open_set": {
            "background": len(crowd.background),
            "validation": [int(np.sum(crowd.validation.labels != NOBODY)), int(np.sum(crowd.validation.labels == NOBODY))],
            "test": [int(np.sum(crowd.test.labels != NOBODY)), int(np.sum(crowd.test.labels == NOBODY))],
        },
        "seeds": seeds,
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "machine": platform.machine()},
        "checks": checks,
        "trainings": over(sets, trainings),
        "ways": over(sets, open_ways),
    }
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda row: f"[{' '.join(row[1].split())}]", json.dumps(report, indent=2))
    options.out.write_text(text + "\n", encoding="utf-8")


def _matters(name: str, check: str) -> bool:
    return name == "reference" or name in MATTER[check]


if __name__ == "__main__":
    main()
