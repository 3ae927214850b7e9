"""Measure where the bands of speech HW4's genre checks should stand, and train the reference's own weights.

    python -m benchmarks.tasks.calibrate_speech_hw4_cnn [--seeds N] [--full N] [--keep FOLDER] [--out FILE]

Two checks have bands:

- `q3.learns`: the submission trains on small pictures of 160 tracks. Measured for the reference and for the known mistakes that change a
  training, over several seeds.
- `q3.claimed`: the submission's own weights. The reference is trained as the handout says (600 tracks, 128 x 128, 30 epochs, rate 0.0001,
  batches of 32), which takes minutes for each seed; `--keep` names a folder where these trainings are stored and found again. The weights
  of seed 0 go, in half precision, to `reference/speech_hw4/weights`. Known mistakes of prediction are measured on the same weights.

A floor must let every right submission pass: the full points' lies below the worst reference run by as much as those runs spread and by
0.15 at least, since other frameworks draw other first weights; the half-way floor lies in the middle between it and chance. `gap` is how
far weights from a full training lie above the training on small pictures: from the least to the greatest difference met, and 0.15 more
on both sides for other people's luck.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from graders.kit.direct import Direct
from graders.kit.errors import CheckFailed, StudentFault
from graders.kit.loading import CodeFolder
from graders.kit.mistakes import load
from graders.kit.proxy import Proxy
from graders.speech_hw4.genres import CALIBRATION, LEARNING, REFERENCE, asked, hits, learned, pictures, tracks
from seeds.datasets import genres

MISTAKES = Path(__file__).parents[2] / "graders" / "speech_hw4" / "mistakes"
WEIGHTS = REFERENCE / "weights"
CHANCE = 0.1
TRAINING = (
    *("batch_norm_by_the_batch", "not_shuffled", "slow_moving_averages", "softmax_twice"),
    *("one_block_for_two", "pictures_standardized_singly", "weights_not_loaded"),
)
PREDICTION = ("weights_not_loaded", "batch_norm_by_the_batch", "test_standardized_by_itself", "pictures_standardized_singly")
FULL = {"epochs": 30, "learning_rate": 1e-4, "batch_size": 32}
SLACK = 0.15
MARGIN = 0.15  # a right solution in Keras, whose first weights are drawn otherwise, reached 0.55 where the reference has 0.65


def proxy(code: CodeFolder) -> Proxy:
    """The code, called in this process."""
    direct = Direct(code)
    return Proxy(lambda module, name, args, kwargs: direct.call(module, name, args, kwargs), direct.scratch)


def codes() -> dict[str, Proxy]:
    """The reference and the mistakes, by name."""
    known = {mistake.name: mistake.code for mistake in load(MISTAKES, REFERENCE).known if mistake.file == "cnn"}
    names = sorted({*TRAINING, *PREDICTION})
    return {"reference": proxy(CodeFolder.read(REFERENCE))} | {name: proxy(known[name]) for name in names}


def small(code: Proxy, seeds: range) -> list[float]:
    """Accuracy of `q3.learns` for each seed; 0 where the code cannot do it at all."""
    try:
        return [round(float(learned(code, code.scratch("small"), seed).mean()), 4) for seed in seeds]
    except (StudentFault, CheckFailed):
        return [0.0 for _ in seeds]


def full(seed: int, keep: Path) -> Path:
    """The folder with the weights of a training as the handout asks for it, trained where it is not kept yet."""
    folder = keep / str(seed)
    if not (folder / "two_blocks.npz").is_file():
        everything = genres.make()
        part, other = (pictures(everything.part(name)) for name in ("train", "validation"))
        folder.mkdir(parents=True, exist_ok=True)
        code, start = codes()["reference"], time.process_time()
        arguments = ("two_blocks", part.images, part.labels, other.images, other.labels)
        curves = code.cnn.train(*arguments, **FULL, seed=seed, folder=str(folder))
        record = {"cpu": round(time.process_time() - start, 1), **curves}
        (folder / "history.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


def halved(folder: Path) -> None:
    """Put the weights into the reference, as half precision: numbers of four digits are enough, and half as large."""
    with np.load(folder / "two_blocks.npz") as kept:
        arrays = {name: kept[name] for name in kept.files}
    WEIGHTS.mkdir(exist_ok=True)
    lower = {name: array.astype(np.float16) if array.dtype == np.float32 else array for name, array in arrays.items()}
    np.savez_compressed(WEIGHTS / "two_blocks.npz", **lower)


def withheld(code: Proxy, folder: Path) -> float:
    """Accuracy of `q3.claimed`."""
    unseen = tracks().unseen
    return round(float(hits(asked(code, "two_blocks", unseen.images, str(folder)), unseen.labels).mean()), 4)


def bands(reference: list[float]) -> list[list[float]]:
    """Full points below the worst run by the runs' spread, half of them half-way down to chance, in steps of 0.05."""
    lowest = min(reference) - max(MARGIN, max(reference) - min(reference))
    top = np.floor(round(lowest * 20, 6)) / 20
    half = np.floor(round((top + CHANCE) / 2 * 20, 6)) / 20
    return [[round(float(half), 2), 0.5], [round(float(top), 2), 1.0]]


def measure(seeds: range, n_full: int, keep: Path) -> dict[str, Any]:
    """Both checks."""
    known = codes()
    tracks()  # computed beforehand: not to be timed
    start = time.process_time()
    learnt = {"reference": small(known["reference"], seeds)}
    seconds = (time.process_time() - start) / len(seeds)
    learnt |= {name: small(known[name], seeds) for name in TRAINING}
    folders = [full(seed, keep) for seed in range(n_full)]
    halved(folders[0])
    claimed = {"reference": [withheld(known["reference"], folder) for folder in folders]}
    claimed |= {"in half precision": [withheld(known["reference"], WEIGHTS)]}
    claimed |= {name: [withheld(known[name], folder) for folder in folders] for name in PREDICTION}
    histories = [json.loads((folder / "history.json").read_text(encoding="utf-8")) for folder in folders]
    last = [{name: round(curve[-1], 4) for name, curve in one.items() if name != "cpu"} for one in histories]
    gaps = (min(claimed["reference"]) - max(learnt["reference"]), max(claimed["reference"]) - min(learnt["reference"]))
    return {
        "learned": {
            "training": {"epochs": LEARNING.epochs, "learning_rate": LEARNING.learning_rate, "batch_size": LEARNING.batch_size},
            "bands": bands(learnt["reference"]),
            "cpu_seconds_per_run": round(seconds, 2),
            **learnt,
        },
        "claimed": {
            "training": FULL,
            "bands": bands(claimed["reference"]),
            "gap": [round(gaps[0] - SLACK, 2), round(gaps[1] + SLACK, 2)],
            "cpu_seconds_per_run": [one["cpu"] for one in histories],
            "last_epoch": last,
            **claimed,
        },
    }


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=6, help="trainings on small pictures")
    parser.add_argument("--full", type=int, default=2, help="trainings as the handout asks for them")
    parser.add_argument("--keep", type=Path, help="where full trainings are stored and found again")
    parser.add_argument("--out", type=Path, default=CALIBRATION)
    options = parser.parse_args()
    os.environ["SANJEH_DATA_GENRES"] = "embedded"
    keep = options.keep or Path(tempfile.mkdtemp())
    body = measure(range(options.seeds), options.full, keep.absolute())
    if not options.keep:
        shutil.rmtree(keep)
    data = tracks()
    report = {
        "what": "accuracy on artists not heard in training, one value per seed; see benchmarks/tasks/calibrate_speech_hw4_cnn.py",
        "data": {
            "fingerprint": genres.make().fingerprint,
            "learned_from": len(data.seen.labels),
            "asked": len(data.unseen.labels),
        },
        "seeds": options.seeds,
        "versions": {
            "python": platform.python_version(),
            "machine": platform.machine(),
            **{name: importlib.metadata.version(name) for name in ("numpy", "scipy", "torch")},
        },
        **body,
    }
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda row: f"[{' '.join(row[1].split())}]", json.dumps(report, indent=2))
    options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
