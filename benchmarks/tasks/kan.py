"""A Kolmogorov-Arnold network against an MLP of equal size, on the authors' formula: error and time of both (speech HW5, question 1.4)."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.engine.course_code import files, functions
from benchmarks.engine.measure import timed
from benchmarks.engine.record import Metric, Size, Throughput, Timing
from benchmarks.engine.task import Case, Outcome, Setting, Task

SLUG = "speech_hw5"
WIDTHS = {"KAN 2-5-1": [2, 5, 1], "KAN 2-10-1": [2, 10, 1]}
STEPS: dict[Size, int] = {"small": 300, "full": 2000}
POINTS = {"train": 1000, "test": 1000}
TEST_SEED = 1_000_000
"""Away from the seeds that training points are drawn by."""


def cases(size: Size) -> Sequence[Case]:
    """Name every KAN and its MLPs."""
    common = {"steps": STEPS[size], "points": POINTS, "rate": 0.01, "batch_size": 256}
    found = []
    for name, widths in WIDTHS.items():
        for kind, label in (("kan", name), ("mlp", f"MLP of the size of {name}")):
            config = {"kind": kind, "widths": widths, "hidden_layers": 2, **common}
            found.append(Case(label, config, files(SLUG, "kan"), 3.0 if size == "small" else 20.0))
    return found


def run(case: Case, setting: Setting) -> Outcome:
    """Fit one network to the formula."""
    import torch

    config, code = case.config, functions(SLUG, "kan")
    torch.manual_seed(setting.seed)
    network = code.kan(config["widths"])
    if config["kind"] == "mlp":
        network = code.equal_mlp(config["widths"][0], config["widths"][-1], code.count(network), config["hidden_layers"])
    train = code.formula(POINTS["train"], setting.seed)
    test = code.formula(POINTS["test"], TEST_SEED + setting.seed)
    how = {"steps": config["steps"], "rate": config["rate"], "batch": config["batch_size"], "seed": setting.seed}
    _, seconds = timed(lambda: code.fit(network, *train, **how))
    return Outcome(
        {"rmse": float(code.score(network, *test)), "train_rmse": float(code.score(network, *train))},
        parameters=int(code.count(network)),
        times={"train": Timing((seconds,))},
        throughput=Throughput(config["steps"] / seconds, "steps/s"),
        kernel={"compiled": "no"},
    )


TASK = Task(
    name="kan",
    title="KAN against an MLP of equal size, on exp(sin(pi a) + b^2) (speech HW5, question 1)",
    metric=Metric("rmse", higher_is_better=False, of="run"),
    cases=cases,
    run=run,
    seeds={"small": 3, "full": 10},
    needs=("torch",),
)
