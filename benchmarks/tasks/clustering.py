"""How should k-means start? Seeding uniformly, by distance, and by squared distance (k-means++): ML HW5 question 6.

Every seed is another start on the same points. The cost J is the sum of squared distances to the nearest centre; "over_best" is J over
the best J of sixty other starts, so 1 is as good as known. The data are twenty round blobs made here, and pictures of the data
set `points`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine import splits
from benchmarks.engine.course_code import files, functions
from benchmarks.engine.measure import timed
from benchmarks.engine.record import Metric, Predictions, Size, Split, Throughput, Timing
from benchmarks.engine.task import Case, Outcome, Setting, Task
from seeds.datasets import Dataset
from seeds.datasets.points import picture
from seeds.determinism import rng

Points = NDArray[np.float64]
SLUG = "ml_hw5"
RULES = ("uniform", "distance", "k-means++")
BLOBS, SPREAD, SIDE = 20, 0.35, 10.0
"""Twenty blobs of this deviation, centres uniform in a square of this side."""
PER_BLOB: dict[Size, int] = {"small": 25, "full": 500}
PICTURES = {"blobs": 6, "moons": 6}
"""Picture of `points` -> k."""
RESTARTS = 60
MAX_ITERATIONS = 100


def cases(size: Size) -> Sequence[Case]:
    """Name every rule on every picture."""
    pictures = [("twenty blobs", BLOBS, PER_BLOB[size]), *((name, k, 0) for name, k in PICTURES.items())]
    return [
        Case(
            f"{name}, k = {k}: {rule}",
            {"data": name, "k": k, "rule": rule, "per_blob": per, "spread": SPREAD, "side": SIDE, "restarts": RESTARTS},
            files(SLUG, "clustering"),
            0.05 if size == "small" else 1.0,
        )
        for name, k, per in pictures
        for rule in RULES
    ]


def twenty_blobs(per_blob: int) -> tuple[Points, NDArray[np.int64]]:
    """Make the blobs: (N, 2) and which blob each point is of."""
    random = rng(42, "benchmarks", "twenty blobs")
    centres = random.uniform(0, SIDE, size=(BLOBS, 2))
    truth = np.repeat(np.arange(BLOBS), per_blob)
    return centres[truth] + random.normal(scale=SPREAD, size=(len(truth), 2)), truth


def seeding(points: Points, draws: NDArray[np.float64], rule: str) -> Points:
    """Start k centres; "distance" draws by D where k-means++ draws by D squared, everything else being equal."""
    code = functions(SLUG, "clustering")
    if rule != "distance":
        return np.asarray(code.seeding(points, draws, rule))
    chosen = [int(draws[0] * len(points))]
    for u in draws[1:]:
        weights = np.sqrt(code.squared_distances(points, points[chosen]).min(axis=1))
        chosen.append(code.draw(weights / weights.sum(), u))
    return points[chosen]


@cache
def data(points: Dataset, name: str, per_blob: int) -> tuple[Points, NDArray[np.int64], float, int]:
    """Give points (N, D), true clusters (N,), the best J that many starts find, and N."""
    if name == "twenty blobs":
        matrix, truth = twenty_blobs(per_blob)
    else:
        matrix, truth = picture(points, name)
    return matrix, truth, best_cost(matrix, BLOBS if name == "twenty blobs" else PICTURES[name]), len(matrix)


def best_cost(matrix: Points, k: int) -> float:
    """Give the smallest J of many starts by k-means++, none of which is a seed of the benchmark."""
    code = functions(SLUG, "clustering")
    draws = rng(42, "benchmarks", "restarts").random((RESTARTS, k))
    return float(np.min(code.restarts(matrix, draws, "k-means++")["cost"]))


def run(case: Case, setting: Setting) -> Outcome:
    """Start once, run k-means to its end."""
    config, code = case.config, functions(SLUG, "clustering")
    matrix, truth, best, count = data(setting.dataset("points"), config["data"], config["per_blob"])
    random = rng(setting.seed, "benchmarks", "clustering", config["data"])  # the same for all rules
    draws = random.random(size=(config["k"],))
    centres, starting = timed(lambda: seeding(matrix, draws, config["rule"]))
    found, seconds = timed(lambda: code.kmeans(matrix, centres, MAX_ITERATIONS))
    costs = [float(one) for one in found["costs"]]
    metrics = {"over_best": costs[-1] / best, "cost": costs[-1], "start_cost": costs[0], "best_cost": best}
    metrics["iterations"] = float(len(costs) - 1)
    return Outcome(
        metrics,
        split=Split("all points", count, 0, count, splits.items_hash([config["data"], str(count)])),
        predictions=Predictions.of_classes(truth, np.asarray(found["labels"]), kind="clusters"),
        curves={"cost": costs},
        times={"seed": Timing((starting,)), "train": Timing((seconds,))},
        throughput=Throughput(count * (len(costs) - 1) / seconds, "points/s"),
        kernel={"implementation": "NumPy"},
    )


TASK = Task(
    name="clustering",
    title="Where k-means starts: uniform, by distance, by squared distance (ML HW5, question 6)",
    metric=Metric("over_best", higher_is_better=False, of="run"),
    cases=cases,
    run=run,
    seeds={"small": 30, "full": 200},
    datasets=("points",),
)
