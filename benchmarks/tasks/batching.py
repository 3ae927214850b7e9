"""How much faster are seeds trained together than one at a time? Each network of the genres task, on inputs of its shape.

One at a time is the plain way: torch's own layers (cuDNN where there is a GPU), a DataLoader, one seed after the other. Both ways run
in turn in the same run, on the same random inputs, with the same draws; the time does not depend on what the inputs mean, and the
least of each counts, since other work on the machine only adds. Speeds are also given against the device's own limit, measured in
the same run: the rate of matrix products and the bandwidth of memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from benchmarks.engine.designs import DESIGNS
from benchmarks.engine.limits import limits, operations
from benchmarks.engine.machine import observed
from benchmarks.engine.measure import timed
from benchmarks.engine.record import Metric, Size, Throughput, Timing
from benchmarks.engine.task import Case, Outcome, Setting, Task
from benchmarks.tasks.genres import ENGINE, NAMES

EXAMPLES: dict[Size, int] = {"small": 96, "full": 600}
EPOCHS: dict[Size, int] = {"small": 1, "full": 30}
REPLICAS: dict[Size, int] = {"small": 4, "full": 32}
TURNS: dict[Size, int] = {"small": 3, "full": 2}
"""In each turn all seeds are trained together, and one more seed alone; the others would take as long each."""
SHAPES: dict[Size, dict[str, tuple[int, ...]]] = {
    "small": {"frames": (86, 13), "averages": (13, 1), "picture": (1, 64, 64)},
    "full": {"frames": (345, 13), "averages": (13, 1), "picture": (1, 128, 128)},
}


def cases(size: Size) -> Sequence[Case]:
    """Name every network and input, with how many seeds are trained at once."""
    common = {
        "examples": EXAMPLES[size],
        "epochs": EPOCHS[size],
        "replicas": REPLICAS[size],
        "turns": TURNS[size],
        "batch_size": 32,
    }
    return [
        Case(
            f"{name}, {inputs} {'×'.join(map(str, SHAPES[size][inputs]))}, {REPLICAS[size]} seeds",
            {"design": design, "shape": list(SHAPES[size][inputs]), **common},
            (*ENGINE, "benchmarks/engine/limits.py"),
            4.0 if size == "small" else 400.0,
        )
        for design, name in NAMES.items()
        for inputs in (("picture",) if design.startswith("cnn") else ("frames", "averages"))
    ]


def run(case: Case, setting: Setting) -> Outcome:
    """Train together and one at a time, and compare the seconds per seed."""
    from benchmarks.engine.batched import train_together
    from benchmarks.engine.networks import Data, Schedule, count, train_alone

    config, device = case.config, setting.device
    random = np.random.default_rng(setting.seed)
    shape, n = tuple(config["shape"]), config["examples"]
    x, y = random.normal(size=(n, *shape)).astype(np.float32), random.integers(0, 10, size=(n,))
    data, few = (Data(x[:k], y[:k], x[:16], y[:16], x[:16]) for k in (n, config["batch_size"]))
    schedule, brief = (Schedule(epochs, 1e-3, config["batch_size"]) for epochs in (config["epochs"], 1))
    design, seeds = DESIGNS[config["design"]], list(range(config["replicas"]))

    def together(chosen: Data, how: Schedule) -> Any:
        return train_together(design, chosen, how, seeds, device)

    def alone(chosen: Data, how: Schedule, seed: int) -> Any:
        return train_alone(design, chosen, how, seed, device)

    kernel = {f"together_{name}": text for name, text in observed(lambda: together(few, brief), device).items()}
    kernel |= {f"alone_{name}": text for name, text in observed(lambda: alone(few, brief, 0), device).items()}
    flops = operations(lambda: together(few, brief)) / len(few.labels) * n * config["epochs"]
    times, gap, kernel["together_steps"] = _in_turn(
        partial(together, data, schedule), partial(alone, data, schedule), config, device
    )
    once, single = min(times["train"].seconds), min(times["alone"].seconds)
    bound = limits(device)
    metrics = {
        "ratio": single / (once / len(seeds)),
        "largest_gap": gap,
        "share_of_matmul_limit": flops / once / bound.matmul_flops,
        "matmul_gflops": bound.matmul_flops / 1e9,
        "bandwidth_gb_s": bound.bandwidth / 1e9,
    }
    return Outcome(
        metrics,
        parameters=count(design, shape),
        times=times,
        throughput=Throughput(len(seeds) * n * config["epochs"] / once, "examples/s"),
        kernel=kernel,
    )


def _in_turn(
    together: Callable[[], Any], alone: Callable[[int], Any], config: Any, device: str
) -> tuple[dict[str, Timing], float, str]:
    """Train all seeds together, then one alone, again and again.

    Gives times, the largest difference in any probability, and how the steps of all seeds together were launched.
    """
    turns = [(timed(together, device), timed(partial(alone, seed), device)) for seed in range(config["turns"])]
    gaps = [np.abs(own.probabilities - all_[seed].probabilities).max() for seed, ((all_, _), (own, _)) in enumerate(turns)]
    both = Timing(tuple(once for (_, once), _ in turns), runs=config["replicas"])
    return (
        {"train": both, "alone": Timing(tuple(seconds for _, (_, seconds) in turns))},
        float(max(gaps)),
        turns[-1][0][0][0].steps,
    )


TASK = Task(
    name="batching",
    title="Seeds trained together against one at a time: how many times faster per seed",
    metric=Metric("ratio", higher_is_better=True, unit="×", of="run"),
    cases=cases,
    run=run,
    seeds={"small": 3, "full": 3},
    devices=("cpu", "cuda"),
    needs=("torch",),
)
