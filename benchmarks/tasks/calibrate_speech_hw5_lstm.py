"""Measure where the bands of speech HW5's recurrent networks should stand, and train the weights that the reference hands in.

    python -m benchmarks.tasks.calibrate_speech_hw5_lstm [--seeds N] [--out FILE] [--weights FOLDER]

Trains the reference and known mistakes as the checks of question 4 and its bonus do, over several seeds, and writes what they reach on
artists not heard before. The network handed in is chosen among the four by its mean accuracy on validation artists; seed 0 is kept, in
half precision.

A floor must let every right submission pass: the floor of the full points lies below the worst reference run by as much as those runs
spread, and the half-way floor in the middle between it and chance.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from graders.kit.direct import Direct
from graders.kit.errors import CheckFailed, StudentFault
from graders.kit.loading import CodeFolder
from graders.kit.mistakes import load
from graders.kit.proxy import Proxy
from graders.speech_hw5.sequences import (
    PLANS,
    REFERENCE,
    Task,
    accuracy,
    belief_in_last,
    cepstra,
    influence,
    order_task,
    probabilities,
    retrained,
    small_genres,
    start_task,
    trained,
    withheld,
)
from seeds.choice import active

ROOT = Path(__file__).parents[2]
MISTAKES = ROOT / "graders" / "speech_hw5" / "mistakes"
OUT = ROOT / "graders" / "speech_hw5" / "calibration_lstm.json"
CHANCE = 0.1
EPOCHS, LEARNING_RATE = 30, 0.001  # of the networks that may be handed in
MODELS = ("lstm_64_64", "lstm_128", "bilstm_64_64", "bilstm_128")
WRONG = {
    "q4.order": ("frames_averaged_first", "first_step_taken", "softmax_twice"),
    "q4.order, alike": ("not_shuffled", "softmax_twice"),
    "q4.retrained": ("frames_averaged_first", "first_step_taken", "mean_over_outputs", "not_shuffled", "softmax_twice"),
    "q5.start": ("backward_half_at_its_start", "frames_averaged_first"),
    "q5.start.128": ("backward_half_at_its_start", "frames_averaged_first"),
}


def codes() -> dict[str, CodeFolder]:
    """The reference and the mistakes in its networks, by name."""
    known = {mistake.name: mistake.code for mistake in load(MISTAKES, REFERENCE).known if mistake.file == "lstm"}
    return {"reference": CodeFolder.read(REFERENCE)} | known


def proxy(code: CodeFolder) -> Proxy:
    """That code, called in this process."""
    direct = Direct(code)
    return Proxy(lambda module, name, args, kwargs: direct.call(module, name, args, kwargs))


def planted(make: Callable[[np.random.Generator], Task], check: str, code: Proxy, seed: int) -> float:
    """Accuracy on a planted task."""
    task, plan = make(np.random.default_rng(seed)), PLANS[check]
    with TemporaryDirectory() as folder:
        trained(code, task, plan, folder, seed)
        return accuracy(probabilities(code.lstm.predict(plan.name, task.asked, folder), len(task.asked), ""), task.asked_labels)


def leaning(code: Proxy, seed: int) -> float:
    """Belief in the class that stood last; not an accuracy: about 1/2 where tracks are shuffled."""
    with TemporaryDirectory() as folder:
        return belief_in_last(code, folder, seed)


def on_genres(code: Proxy, seed: int) -> float:
    """Accuracy on unheard artists after the small training."""
    with TemporaryDirectory() as folder:
        return float(retrained(code, folder, seed).mean())


def over_seeds(run: Callable[[Proxy, int], float], wrong: tuple[str, ...], seeds: range) -> dict[str, Any]:
    """What the reference and those mistakes reach; 0 where a mistake cannot do it at all."""
    found: dict[str, list[float]] = {}
    everything, start = codes(), time.process_time()
    for name in ("reference", *wrong):
        try:
            found[name] = [round(run(proxy(everything[name]), seed), 4) for seed in seeds]
        except (StudentFault, CheckFailed):
            found[name] = [0.0 for _ in seeds]
    seconds = (time.process_time() - start) / len(seeds) / len(found)
    return {"cpu_seconds_per_run": round(seconds, 2), "accuracy": found}


def bands(reference: list[float]) -> list[list[float]]:
    """Full points below the worst run by the runs' spread, half of them half-way down to chance, in steps of 0.05."""
    lowest = min(reference) - (max(reference) - min(reference))
    full = np.floor(round(lowest * 20, 6)) / 20
    half = np.floor(round((full + CHANCE) / 2 * 20, 6)) / 20
    return [[round(float(half), 2), 0.5], [round(float(full), 2), 1.0]]


def first_epochs(seeds: range) -> list[float]:
    """Training accuracy met in the first epoch with the course's learning rate: what a network that was just made can show."""
    code, task = proxy(codes()["reference"]), small_genres()
    given = ("lstm_64_64", task.inputs, task.labels, task.asked, task.asked_labels)
    found = []
    for seed in seeds:
        with TemporaryDirectory() as folder:
            curves = code.lstm.train(*given, epochs=1, learning_rate=1e-4, batch_size=32, seed=seed, folder=folder)
        found.append(round(curves["accuracy"][0], 4))
    return found


def heard(seeds: range) -> dict[str, list[float]]:
    """Influence of the first frame over that of the last, for networks as they are made."""
    code = proxy(codes()["reference"])
    found: dict[str, list[float]] = {}
    for name in MODELS:
        for seed in seeds:
            with TemporaryDirectory() as folder:
                measured = influence(code, np.random.default_rng(seed), name, folder)
            found.setdefault(name, []).append(float(f"{measured.first_frame / measured.last_frame:.3g}"))
    return found


def hand_in(seeds: range, weights: Path) -> dict[str, Any]:
    """Train all four networks in full, choose by validation, and write the chosen one's weights in half precision."""
    code, data = CodeFolder.read(REFERENCE), active("genres")
    seen, asked = data.parts == "train", data.parts == "validation"
    given = (cepstra(data)[seen], data.labels[seen], cepstra(data)[asked], data.labels[asked])
    sequences, labels, _ = withheld()
    validation: dict[str, list[float]] = {}
    test: dict[str, list[float]] = {}
    kept: dict[str, dict[str, dict[str, Any]]] = {}
    for name in MODELS:
        for seed in seeds:
            with TemporaryDirectory() as folder:
                how = {"name": name, "epochs": EPOCHS, "learning_rate": LEARNING_RATE, "seed": seed, "folder": folder}
                curves = code.call("lstm", "prepare", given, how)
                validation.setdefault(name, []).append(round(curves["validation_accuracy"][-1], 4))
                test.setdefault(name, []).append(round(accuracy(code.call("lstm", "classify", (sequences, folder)), labels), 4))
                if seed == seeds[0]:
                    kept[name] = {path.name: dict(np.load(path)) for path in Path(folder).glob("*.npz")}
        print(name, validation[name], test[name], flush=True)
    chosen = max(MODELS, key=lambda name: float(np.mean(validation[name])))
    weights.mkdir(parents=True, exist_ok=True)
    for old in weights.glob("*.npz"):
        old.unlink()
    for file, arrays in kept[chosen].items():
        half = {key: value.astype(np.float16) if value.dtype == np.float32 else value for key, value in arrays.items()}
        np.savez_compressed(weights / file, **half)
    return {"epochs": EPOCHS, "learning_rate": LEARNING_RATE, "chosen": chosen, "validation": validation, "test": test}


def claimed(weights: Path) -> dict[str, list[float]]:
    """What networks with known mistakes in them make of the reference's weights; 0 where they cannot read them."""
    sequences, labels, _ = withheld()
    found = {}
    for name in ("reference", "first_step_taken", "frames_averaged_first", "mean_over_outputs", "batch_taken_for_time"):
        rows = np.asarray(codes()[name].call("lstm", "classify", (sequences, str(weights))))
        found[name] = [round(accuracy(rows, labels), 4)]
    return found


def measure(seeds: range, weights: Path) -> dict[str, Any]:
    """Everything that the thresholds of question 4 and its bonus stand on."""
    makes = {"q4.order": order_task, "q5.start": start_task, "q5.start.128": start_task}
    checks: dict[str, Any] = {}
    for check, make in makes.items():
        checks[check] = over_seeds(lambda code, seed, m=make, c=check: planted(m, c, code, seed), WRONG[check], seeds)  # type: ignore[misc]
        print(check, checks[check], flush=True)
    checks["q4.order, alike"] = over_seeds(leaning, WRONG["q4.order, alike"], seeds)
    checks["q4.retrained"] = over_seeds(on_genres, WRONG["q4.retrained"], seeds)
    print(checks["q4.retrained"], flush=True)
    trainings = hand_in(seeds[:5], weights)
    checks["q4.claimed"] = {"trainings": trainings, "accuracy": claimed(weights)}
    checks["q4.claimed"]["accuracy"] |= {f"reference, {name}": values for name, values in trainings["test"].items()}
    checks["q4.retrained"]["bands"] = bands(checks["q4.retrained"]["accuracy"]["reference"])
    # A submission may hand in any of the networks: the stacked one, which question 4 asks for, decides.
    checks["q4.claimed"]["bands"] = bands(trainings["test"]["lstm_64_64"])
    checks["q4.time"] = {"first_frame_over_last": heard(seeds)}
    return {"first_epoch_accuracy_at_0.0001": first_epochs(seeds), "checks": checks}


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--weights", type=Path, default=REFERENCE / "weights")
    options = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    data = active("genres")
    report = {
        "what": "accuracy on unheard artists, or on a planted task, one value per seed; the script says how the bands follow",
        "data": {"fingerprint": data.fingerprint, "tracks": len(data), **data.provenance},
        "seeds": list(range(options.seeds)),
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "torch": version("torch")},
        **measure(range(options.seeds), options.weights),
    }
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda row: f"[{' '.join(row[1].split())}]", json.dumps(report, indent=2))
    options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
