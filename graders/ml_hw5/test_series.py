"""Hidden checks of question 6's code on time series: cosine, dynamic time warping, reordering, medoid and barycentre."""

from __future__ import annotations

import numpy as np

from graders.kit import check, same
from graders.kit.proxy import Proxy
from graders.ml_hw5.inputs import heaps, series


@check("q6.cosine")
def test_cosine(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """The cosine distance of random vectors, far from the origin as well, and its blindness to scale."""
    for offset in (0.0, 1.5):
        x, y = offset + rng.normal(size=9), offset + rng.normal(size=9)
        for scale in (1.0, 40.0):
            same(student.clustering.cosine_distance, right.clustering.cosine_distance, x, scale * y)


@check("q6.spherical")
def test_spherical(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Spherical k-means: rows of any length are scaled to 1, and so is each centre after its update."""
    rows = (heaps(rng, (15, 15, 20), d=4) + 1) * rng.uniform(0.2, 5, size=(50, 1))
    for k, most in ((3, 100), (5, 2)):
        same(student.clustering.spherical_kmeans, right.clustering.spherical_kmeans, rows, rows[:k], most)


@check("q6.dtw")
def test_dtw(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """The distance by dynamic time warping and its path, for series of equal and of different length."""
    for n, m, late in ((14, 14, 0.15), (11, 17, 0.0), (9, 5, -0.1), (1, 6, 0.0)):
        x, y = series(rng, n), series(rng, m, late)
        same(student.clustering.dtw, right.clustering.dtw, x, y)
        same(student.clustering.dtw_path, right.clustering.dtw_path, x, y)


@check("q6.permutation")
def test_permutation(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Both series in the same new order: Euclid and cosine stay, only DTW changes."""
    for n in (8, 13):
        x, y = series(rng, n), series(rng, n, 0.2)
        same(student.clustering.permutation_change, right.clustering.permutation_change, x, y, rng.permutation(n), atol=1e-5)


@check("q6.medoid")
def test_medoid(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """The one with the smallest sum of distances, by tables of distances between random points."""
    for n in (5, 12, 12, 20):
        points = rng.exponential(size=(n, 2)) ** 2
        table = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
        same(student.clustering.medoid, right.clustering.medoid, table)


@check("q6.barycentre")
def test_barycentre(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """DTW barycentre averaging: one and three rounds, for series of one length and of several."""
    alike = [series(rng, 12, late) for late in (0.0, 0.1, 0.2, -0.1)]
    others = [series(rng, length, late) for length, late in ((9, 0.0), (13, 0.15), (11, -0.1))]
    for group, rounds in ((alike, 1), (alike, 3), (others, 2)):
        same(student.clustering.barycentre, right.clustering.barycentre, group, group[0], rounds)
