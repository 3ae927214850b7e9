"""Five measures between Gaussians, by closed form, quadrature and sampling: how exact each way is, and what it costs (speech HW5, 1).

The truth is an integral by mpmath with 30 digits, which shares no formula with the reference. The error is relative, averaged over the
reference's pairs of Gaussians; a seed changes only the random draws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import mpmath
import numpy as np

from benchmarks.engine.course_code import files, functions
from benchmarks.engine.measure import repeated
from benchmarks.engine.record import Metric, Size, Throughput
from benchmarks.engine.task import Case, Outcome, Setting, Task

SLUG = "speech_hw5"
NAMES = ("kl", "tv", "chi2", "hellinger", "w2")
PAIRS = (((0.0, 1.0), (1.0, 1.0)), ((0.0, 1.0), (1.0, 1.5)), ((1.0, 0.8), (-0.5, 1.2)))
DRAWS: dict[Size, tuple[int, ...]] = {"small": (10_000, 400_000), "full": (10_000, 400_000, 4_000_000)}
DIGITS = 30
REPEATS = 5


def cases(size: Size) -> Sequence[Case]:
    """Name every measure in every way."""
    pairs = [[list(one) for one in pair] for pair in PAIRS]
    ways: list[tuple[str, dict[str, Any]]] = [("closed form", {}), ("quadrature", {})]
    ways += [(f"{draws:,} draws", {"draws": draws}) for draws in DRAWS[size]]
    return [
        Case(f"{name}: {way}", {"measure": name, "way": way, "pairs": pairs, **more}, files(SLUG, "divergences"), 0.3)
        for name in NAMES
        for way, more in ways
    ]


@cache
def truth(name: str) -> tuple[float, ...]:
    """Give the measure of every pair from its definition, by adaptive quadrature with 30 digits."""
    with mpmath.workdps(DIGITS):
        return tuple(float(_integral(name, *pair)) for pair in PAIRS)


def _integral(name: str, p: tuple[float, float], q: tuple[float, float]) -> Any:
    def density(x: Any, one: tuple[float, float]) -> Any:
        return mpmath.npdf(x, mpmath.mpf(one[0]), mpmath.mpf(one[1]))

    if name == "w2":  # cheapest pairs are equal quantiles, and z = quantile of N(0, 1)
        gap = mpmath.quad(lambda z: (p[0] + p[1] * z - q[0] - q[1] * z) ** 2 * mpmath.npdf(z), mpmath.linspace(-14, 14, 29))
        return mpmath.sqrt(gap)
    integrands: dict[str, Callable[[Any, Any], Any]] = {
        "kl": lambda a, b: a * mpmath.log(a / b),
        "tv": lambda a, b: abs(a - b) / 2,
        "chi2": lambda a, b: (a - b) ** 2 / b,
        "hellinger": lambda a, b: (mpmath.sqrt(a) - mpmath.sqrt(b)) ** 2,
    }
    edges = sorted({-16, 16, *range(-15, 16), *_crossings(p, q)})
    value = mpmath.quad(lambda x: integrands[name](density(x, p), density(x, q)), edges)
    return mpmath.sqrt(value) if name == "hellinger" else value


def _crossings(p: tuple[float, float], q: tuple[float, float]) -> list[Any]:
    """Find where the densities are equal, by bisection: |p - q| has a corner there."""
    grid = np.linspace(-16, 16, 641)
    gap = [(-(((x - p[0]) / p[1]) ** 2) + ((x - q[0]) / q[1]) ** 2) / 2 - np.log(p[1] / q[1]) for x in grid]

    def exact(x: Any) -> Any:
        return (-(((x - p[0]) / p[1]) ** 2) + ((x - q[0]) / q[1]) ** 2) / 2 - mpmath.log(mpmath.mpf(p[1]) / q[1])

    signs = np.sign(gap)
    inside = [
        mpmath.findroot(exact, (grid[place], grid[place + 1]), solver="anderson")
        for place in range(len(grid) - 1)
        if signs[place] * signs[place + 1] < 0
    ]
    return inside + [mpmath.mpf(float(x)) for x in grid[signs == 0]]


def run(case: Case, setting: Setting) -> Outcome:
    """Work out one measure in one way for every pair."""
    config, code = case.config, functions(SLUG, "divergences")
    name = config["measure"]

    def values() -> list[float]:
        if config["way"] == "closed form":
            return [float(getattr(code, name)(p, q)) for p, q in PAIRS]
        if config["way"] == "quadrature":
            return [float(code.quadrature(name, p, q)) for p, q in PAIRS]
        random = np.random.default_rng(setting.seed)
        return [float(code.sampling(name, p, q, random, config["draws"])) for p, q in PAIRS]

    found, timing = repeated(values, REPEATS)
    errors = [abs(value - right) / right for value, right in zip(found, truth(name), strict=True)]
    metrics = {"relative_error": float(np.mean(errors)), "worst_error": float(max(errors))}
    metrics |= {f"value_{number}": value for number, value in enumerate(found)}
    return Outcome(
        metrics,
        times={"train": timing},
        throughput=Throughput(len(PAIRS) / timing.median_s, "values/s"),
        kernel={"implementation": "SciPy QUADPACK" if config["way"] == "quadrature" else "NumPy"},
    )


TASK = Task(
    name="divergences",
    title="Distances between Gaussians: closed form, quadrature, sampling (speech HW5, question 1)",
    metric=Metric("relative_error", higher_is_better=False, of="run"),
    cases=cases,
    run=run,
    seeds={"small": 5, "full": 20},
)
