"""ML HW5's clusterings against scikit-learn, SciPy, naive recursions and planted answers; the claims of the course by experiment."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import DBSCAN, KMeans
from sklearn.metrics import pairwise_distances, silhouette_samples, silhouette_score
from sklearn.metrics.pairwise import cosine_distances

from graders.kit.loading import CodeFolder

REFERENCE = Path(__file__).parents[2] / "reference" / "ml_hw5"
CODE = CodeFolder.read(REFERENCE)
SEEDS = pytest.mark.parametrize("seed", range(6))


def run(name: str, *args: Any) -> Any:
    return CODE.call("clustering", name, args)


def heaps(rng: np.random.Generator, k: int = 5, each: int = 25, d: int = 2) -> np.ndarray:
    middles = rng.uniform(-5, 5, size=(k, d))
    return rng.permutation(np.repeat(middles, each, axis=0) + 0.7 * rng.normal(size=(k * each, d)))


# DBSCAN, silhouette, agreement


@SEEDS
@pytest.mark.parametrize(("eps", "min_pts"), [(0.25, 3), (0.5, 4), (1.0, 8), (2.0, 2), (0.001, 1)])
def test_dbscan_is_scikit_learns(seed: int, eps: float, min_pts: int) -> None:
    rng = np.random.default_rng(seed)
    for points in (heaps(rng), rng.integers(0, 9, size=(80, 2)) * 0.25):
        wanted = DBSCAN(eps=eps, min_samples=min_pts).fit(points).labels_
        np.testing.assert_array_equal(run("dbscan", points, eps, min_pts), run("renumbered", wanted))


@SEEDS
def test_silhouette_is_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = heaps(rng, d=3)
    labels = rng.choice([2, 5, 11, 40], size=len(points), p=[0.5, 0.3, 0.15, 0.05])
    labels[0] = 99  # a lonely point
    np.testing.assert_allclose(run("silhouette", points, labels), silhouette_samples(points, labels), atol=1e-12)
    assert run("mean_silhouette", points, labels) == pytest.approx(silhouette_score(points, labels))


@SEEDS
def test_agreement_is_the_hungarian_optimum(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels, truth = rng.integers(0, 6, size=70), rng.integers(0, 2 + seed % 5, size=70)
    table = np.zeros((6, 6), dtype=int)
    np.add.at(table, (labels, truth), 1)
    rows, columns = linear_sum_assignment(-table)
    assert run("agreement", labels, truth) == pytest.approx(table[rows, columns].sum() / 70)
    assert run("agreement", labels, rng.permutation(6)[labels] * 3 - 1) == 1.0


# k-means


@SEEDS
def test_kmeans_is_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = heaps(rng)
    start = points[:5]
    wanted = KMeans(5, init=start, n_init=1, tol=0, algorithm="lloyd").fit(points)
    got = run("kmeans", points, start, 300)
    np.testing.assert_array_equal(got["labels"], wanted.labels_)
    np.testing.assert_allclose(got["centres"], wanted.cluster_centers_, atol=1e-10)
    assert got["costs"][-1] == pytest.approx(wanted.inertia_)
    assert len(got["costs"]) == wanted.n_iter_  # scikit-learn counts assignments


@SEEDS
def test_cost_never_rises_and_the_end_is_a_fixed_point(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(150, 2))
    for name in ("kmeans", "spherical_kmeans"):
        found = run(name, points, rng.normal(size=(12, 2)) * 3, 300)
        assert np.diff(found["costs"]).max() <= 1e-12
        assert len(found["costs"]) > 3
    again = run("kmeans", points, run("kmeans", points, points[:7], 300)["centres"], 300)
    assert len(again["costs"]) == 2


def test_empty_clusters_keep_their_centre() -> None:
    found = run("kmeans", np.zeros((4, 2)), np.array([[0.0, 0.0], [0.0, 0.0], [9.0, 9.0]]), 10)
    np.testing.assert_array_equal(found["labels"], 0)  # of equal centres the first
    np.testing.assert_array_equal(found["centres"], [[0, 0], [0, 0], [9, 9]])


@pytest.mark.parametrize("rule", ["k-means++", "uniform"])
def test_draws_follow_the_weights(rule: str) -> None:
    """A fine grid of draws picks each point as often as its probability says; a point already chosen is never picked."""
    points = np.array([[0.0], [1.0], [3.0], [7.0]])
    weights = run("seeding_weights", points, points[:1], rule)
    by_hand = np.array([0, 1, 9, 49]) / 59 if rule == "k-means++" else np.array([0, 1, 1, 1]) / 3
    np.testing.assert_allclose(weights, by_hand)
    picked = [run("seeding", points, [0.0, u], rule)[1, 0] for u in (np.arange(2000) + 0.5) / 2000]
    np.testing.assert_allclose([np.mean(np.equal(picked, x)) for x in points[:, 0]], by_hand, atol=1e-3)


@cache
def seedings() -> dict[str, dict[str, np.ndarray]]:
    """k-means from 40 starts by both rules on twenty heaps that stand apart."""
    rng = np.random.default_rng(3)
    middles = np.stack(np.meshgrid(np.arange(5), np.arange(4)), axis=-1).reshape(-1, 2) * 6.0
    points = np.repeat(middles, 15, axis=0) + rng.normal(size=(300, 2))
    draws = rng.random((40, 20))
    return {rule: run("restarts", points, draws, rule) for rule in ("k-means++", "uniform")}


def test_squared_distances_start_lower_and_end_sooner() -> None:
    found = seedings()
    assert found["k-means++"]["cost"].mean() < 0.8 * found["uniform"]["cost"].mean()
    assert found["k-means++"]["iterations"].mean() < 0.9 * found["uniform"]["iterations"].mean()


@pytest.mark.parametrize(
    ("sizes", "volumes", "d", "k"),
    [((640, 80), (1.0, 1.0), 1, 12), ((480, 120), (1.0, 4.0), 2, 10), ((500, 50), (1.0, 1.0), 2, 16)],
)
def test_centres_follow_the_law_and_not_the_points(sizes: tuple[int, int], volumes: tuple[float, float], d: int, k: int) -> None:
    rng = np.random.default_rng(1)
    parts = [rng.uniform(0, volume ** (1 / d), size=(size, d)) for size, volume in zip(sizes, volumes, strict=True)]
    points, regions = np.concatenate([parts[0], parts[1] + 5]), np.repeat([0, 1], sizes)
    found = run("density_experiment", points, regions, list(volumes), rng.random((20, k)))
    assert found["found"].sum() == k
    assert abs(found["found"][0] - found["law"][0]) <= 1
    assert found["law"][0] < found["proportional"][0] - 1.5


def test_the_law_by_the_exact_optimum_of_one_region_each() -> None:
    """Even points on a line: the optimal cost of c centres on n points in length V is n V² / (12 c²); the best split is searched."""
    sizes, volumes, k = (8000, 1000), (1.0, 1.0), 20
    costs = [sum(n * v**2 / (12 * c**2) for n, v, c in zip(sizes, volumes, (c, k - c), strict=True)) for c in range(1, k)]
    assert abs(1 + int(np.argmin(costs)) - run("centre_law", sizes, volumes, k, 1)[0]) < 1
    assert run("centre_law", sizes, volumes, k, 1)[0] == pytest.approx(40 / 3)


def test_noise_falls_with_the_radius_and_the_number_of_clusters_rises_and_falls() -> None:
    points = np.random.default_rng(0).uniform(0, 10, size=(300, 2))
    found = run("eps_sweep", points, [0.05, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.2, 3.0], 4)
    assert found["noise_never_rises"] and not found["clusters_never_rise"]
    assert found["noise"][0] == 300 and found["noise"][-1] == 0
    assert found["clusters"][0] == 0 and found["clusters"][-1] == 1 and max(found["clusters"]) > 5


# Series


def recursive(x: np.ndarray, y: np.ndarray) -> float:
    """DTW by its definition, without a table of ours: squared differences, root at the end."""

    @cache
    def best(i: int, j: int) -> float:
        if i < 0 or j < 0:
            return 0.0 if i == j else np.inf
        return float((x[i] - y[j]) ** 2) + min(best(i - 1, j), best(i, j - 1), best(i - 1, j - 1))

    return float(np.sqrt(best(len(x) - 1, len(y) - 1)))


@SEEDS
def test_dtw_is_the_naive_recursion_and_its_path_costs_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=rng.integers(1, 15)), rng.normal(size=rng.integers(1, 15))
    distance, path = run("dtw", x, y), run("dtw_path", x, y)
    assert distance == pytest.approx(recursive(x, y))
    assert distance == pytest.approx(np.sqrt(((x[path[:, 0]] - y[path[:, 1]]) ** 2).sum()))
    assert path[0].tolist() == [0, 0] and path[-1].tolist() == [len(x) - 1, len(y) - 1]
    assert {tuple(step) for step in np.diff(path, axis=0).tolist()} <= {(0, 1), (1, 0), (1, 1)}
    assert run("dtw", x, x) == 0.0 and run("dtw", x, y) == pytest.approx(run("dtw", y, x))
    n = min(len(x), len(y))
    assert run("dtw", x[:n], y[:n]) <= np.linalg.norm(x[:n] - y[:n]) + 1e-12


@SEEDS
def test_cosine_is_scikit_learns(seed: int) -> None:
    x, y = np.random.default_rng(seed).normal(1, 1, size=(2, 9))
    assert run("cosine_distance", x, 7 * y) == pytest.approx(cosine_distances([x], [y])[0, 0])


@SEEDS
def test_a_new_order_of_both_changes_only_dtw(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, 12)).cumsum(axis=1)
    change = run("permutation_change", x, y, rng.permutation(12))
    assert max(change["euclidean"], change["cosine"]) < 1e-14
    assert change["dtw"] > 0.01


@SEEDS
def test_spherical_kmeans_is_kmeans_on_the_sphere_with_the_best_centres(seed: int) -> None:
    """On unit vectors the assignment is plain k-means'; no other unit centre of a cluster has a larger sum of cosines."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(0.5, 1, size=(60, 3)) * rng.uniform(0.1, 9, size=(60, 1))
    found = run("spherical_kmeans", rows, rows[:4], 100)
    directions = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    np.testing.assert_array_equal(found["labels"], (directions @ found["centres"].T).argmax(axis=1))
    assert found["costs"][-1] == pytest.approx((1 - (directions * found["centres"][found["labels"]]).sum(axis=1)).sum())
    tries = rng.normal(size=(200, 3))
    tries /= np.linalg.norm(tries, axis=1, keepdims=True)
    for number, centre in enumerate(found["centres"]):
        own = directions[found["labels"] == number]
        assert (own @ centre).sum() >= (own @ tries.T).sum(axis=0).max() - 1e-12


def test_the_medoid_of_a_planted_star() -> None:
    points = np.random.default_rng(0).normal(size=(15, 3))
    points[6] = points.mean(axis=0)
    assert run("medoid", pairwise_distances(points)) == 6


@SEEDS
def test_barycentre_lowers_the_squared_dtw_and_finds_a_planted_shape(seed: int) -> None:
    rng = np.random.default_rng(seed)
    time = np.linspace(0, 1, 20)
    shape = np.exp(-((time - 0.5) ** 2) / 0.01)
    group = [np.interp(time ** rng.uniform(0.7, 1.4), time, shape) for _ in range(6)]  # the same bump, earlier or later
    total = [sum(run("dtw", run("barycentre", group, group[0], n), one) ** 2 for one in group) for n in range(5)]
    assert np.diff(total).max() <= 1e-9
    plain = sum(run("dtw", np.mean(group, axis=0), one) ** 2 for one in group)
    assert total[-1] < plain


def test_numpy_is_all_it_needs() -> None:
    text = (REFERENCE / "clustering.py").read_text(encoding="utf-8")
    imports = [line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))]
    assert {name.split(".")[0] for name in imports} <= {"numpy", *sys.stdlib_module_names}
