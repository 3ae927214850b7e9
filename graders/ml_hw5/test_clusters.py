"""Hidden checks of question 5's code: DBSCAN, its radius, the silhouette, and the agreement of two clusterings."""

from __future__ import annotations

import numpy as np

from graders.kit import check, same
from graders.kit.proxy import Proxy
from graders.ml_hw5.inputs import heaps, same_clusters, sweep_data


@check("q5.dbscan")
def test_dbscan(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Clusters and noise of random points for several radii, distances of exactly eps included; cluster numbers do not matter."""
    for eps, min_pts in ((1.0, 3), (3.0, 6), (5.0, 20)):
        same_clusters(student, right, rng.integers(0, 13, size=(45, 2)).astype(float), eps, min_pts)
    scattered = np.concatenate([heaps(rng, (14, 10, 12)), rng.uniform(-6, 6, size=(18, 2))])
    for eps, min_pts in ((0.45, 3), (0.8, 4), (1.1, 6), (0.01, 2), (20.0, 5)):
        same_clusters(student, right, scattered, eps, min_pts)
    same_clusters(student, right, heaps(rng, (20, 20), d=5), 1.3, 5)


@check("q5.epsilon")
def test_epsilon(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """With a growing radius noise never rises, but the number of clusters may: counts and verdicts on two rows of radii."""
    points, radii, falling, min_pts = sweep_data(rng, right)
    for row in (radii, falling):
        same(student.clustering.eps_sweep, right.clustering.eps_sweep, points, row, min_pts)


@check("q5.silhouette_values")
def test_silhouette_values(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """The silhouette of every point and the mean, for good and bad clusterings, any cluster numbers, and lonely points."""
    points = heaps(rng, (12, 9, 15))
    for labels in (
        rng.choice([3, 7, 10], size=36, p=[0.6, 0.3, 0.1]),
        np.where(points[:, 0] < np.median(points[:, 0]), 1, 0),
        np.concatenate([[5, 9], rng.choice([0, 1, 2], size=34)]),  # two points alone in their clusters
    ):
        same(student.clustering.silhouette, right.clustering.silhouette, points, labels)
        same(student.clustering.mean_silhouette, right.clustering.mean_silhouette, points, labels)


@check("q5.agreement")
def test_agreement(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """The share of points that agree under the best renaming, one to one, with equal and with different numbers of clusters."""
    truth = rng.integers(0, 4, size=60)
    noisy = np.where(rng.random(60) < 0.7, np.array([2, 0, 3, 1])[truth], rng.integers(0, 4, size=60))
    split = np.where(rng.random(60) < 0.4, truth + 10, truth % 2)
    greedy = np.repeat([[8, 1], [8, 6], [2, 1]], [5, 4, 4], axis=0)  # the largest overlap is not in the best renaming
    for labels, other in ((noisy, truth), (split % 6, truth), (truth, split % 6), (greedy[:, 0], greedy[:, 1])):
        same(student.clustering.agreement, right.clustering.agreement, labels, other)
