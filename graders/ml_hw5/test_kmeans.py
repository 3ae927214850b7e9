"""Hidden checks of question 6's code: k-means step by step, seedings, and where many centres end."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.kit import check, difference, ensure, same
from graders.kit.proxy import Proxy
from graders.ml_hw5.inputs import Array, heaps, observed, two_regions

RULES = ("k-means++", "uniform")


@check("q6.assign")
def test_assign(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """The nearest centre of every point, in any dimension; of equally near centres the one with the smallest number."""
    for d in (1, 2, 5):
        same(student.clustering.assign, right.clustering.assign, rng.normal(size=(40, d)), rng.normal(size=(6, d)))
    grid = rng.integers(-3, 4, size=(40, 2)).astype(float)
    same(student.clustering.assign, right.clustering.assign, grid, np.array([[2.0, 0.0], [-2.0, 0.0], [0.0, 2.0]]))


@check("q6.update")
def test_update(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Each centre becomes the mean of its points; a cluster without points keeps its centre."""
    points, centres = 2 + rng.normal(size=(30, 3)), rng.normal(size=(4, 3))
    for labels in (rng.permutation(np.arange(30) % 4), rng.choice([0, 1, 3], size=30)):
        same(student.clustering.update, right.clustering.update, points, labels, centres)


@check("q6.cost")
def test_cost(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """J is the sum of squared distances to the centre of the own cluster, whether that is the nearest centre or not."""
    for d in (1, 3):
        points, centres = rng.normal(size=(25, d)), rng.normal(size=(4, d))
        same(student.clustering.cost, right.clustering.cost, points, rng.integers(0, 4, size=25), centres)


@check("q6.kmeans")
def test_kmeans(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """k-means from given centres: labels, centres and the whole history of J, which never rises; stopped early; an empty cluster."""
    points = heaps(rng, (15, 25, 10, 20))
    far = np.concatenate([points[:3], [[90.0, 90.0]]])
    for start, most in ((points[:4], 100), (points[:6], 2), (far, 100), (heaps(rng, (1, 1, 1, 1, 1)), 100)):
        same(student.clustering.kmeans, right.clustering.kmeans, points, start, most)


@check("q6.seeding_weights")
def test_seeding_weights(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """The probability of each point to be the next centre, after one and after three centres, by both rules."""
    points = heaps(rng, (8, 12))
    for chosen in ([4], [1, 15, 8]):
        for rule in RULES:
            same(student.clustering.seeding_weights, right.clustering.seeding_weights, points, points[chosen], rule)


@check("q6.seeding_draws")
def test_seeding_draws(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """The starting centres that given draws choose, by both rules."""
    points = heaps(rng, (15, 20, 10), d=3)
    for rule in RULES:
        for k in (6, 9):
            same(student.clustering.seeding, right.clustering.seeding, points, rng.uniform(0.1, 1, size=k), rule)


@check("q6.restarts")
def test_restarts(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Cost and iterations of k-means from several starts, by both rules: k-means++ ends lower and sooner; the best start is kept."""
    points, draws = heaps(rng, (12, 12, 12, 12, 12, 12), spread=0.4), rng.random((6, 6))
    for rule in RULES:
        same(student.clustering.restarts, right.clustering.restarts, points, draws, rule)


@check("q6.density")
def test_density(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """How many centres two regions of different density get: by experiment, by the law of the optimum, and in proportion."""
    for sizes, volumes, d, k in (((320, 40), (1.0, 1.0), 1, 12), ((240, 60), (1.0, 4.0), 2, 10)):
        points, regions = two_regions(rng, sizes, volumes, d)
        arguments = (points, regions, list(volumes), rng.random((6, k)))
        got = student.clustering.density_experiment(*arguments)
        same(_part(got, "law"), right.clustering.centre_law, list(sizes), list(volumes), k, d)
        same(_part(got, "proportional"), right.clustering.proportional_law, list(sizes), k)
        wanted = right.clustering.density_experiment(*arguments)
        if difference(got, wanted, atol=1.0):  # one centre more or less is chance
            same(observed(got, "density_experiment"), right.clustering.density_experiment, *arguments)


def _part(got: Any, key: str) -> Any:
    """One entry of the experiment's answer as something to compare."""
    complete = isinstance(got, dict) and {"found", "law", "proportional"} <= set(got)
    ensure(complete, "density_experiment should return a dictionary with found, law and proportional.", got=got)
    value: Array = got[key]
    return observed(value, f"density_experiment: {key}")
