"""Data for the hidden checks of clustering, and ways to compare what is not one call of one function."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graders.kit import difference, ensure, same
from graders.kit.proxy import Function, Proxy

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
NOISE = -1


def observed(value: Any, name: str) -> Function:
    """An answer at hand, dressed as a function of `clustering.py`, so that `same` can compare it and name the mistake."""
    return Function(lambda module, function, args, kwargs: value, "clustering", name)


def heaps(rng: np.random.Generator, sizes: tuple[int, ...], *, d: int = 2, spread: float = 0.6) -> Array:
    """Points (sum of sizes, d) around random middles, in random order."""
    middles = rng.uniform(-4, 4, size=(len(sizes), d))
    points = np.repeat(middles, sizes, axis=0) + spread * rng.normal(size=(sum(sizes), d))
    return rng.permutation(points)


def series(rng: np.random.Generator, length: int, late: float = 0.0) -> Array:
    """A bump and a dip (length,) that come `late` (in shares of the length), with a little noise and an offset."""
    time = np.linspace(0, 1, length) - late
    shape = np.exp(-((time - 0.3) ** 2) / 0.01) - 0.7 * np.exp(-((time - 0.6) ** 2) / 0.02)
    return np.asarray(2 * shape + 0.1 * rng.normal(size=length) + 0.5)


def two_regions(rng: np.random.Generator, sizes: tuple[int, int], volumes: tuple[float, float], d: int) -> tuple[Array, Whole]:
    """Two cubes of these volumes, far from each other and evenly filled with that many points: points (n, d), regions (n,)."""
    parts = [rng.uniform(0, volume ** (1 / d), size=(size, d)) for size, volume in zip(sizes, volumes, strict=True)]
    parts[1] = parts[1] + 4.0
    return np.concatenate(parts), np.repeat([0, 1], sizes)


def whole_numbers(value: Any, n: int, what: str) -> Whole:
    """A student's labels, checked to be n whole numbers."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        array = np.empty((0, 0))
    fits = array.shape == (n,) and bool(np.isfinite(array).all()) and bool((np.abs(array) < 1e9).all())
    ensure(fits and np.array_equal(array, np.round(array)), f"{what} should be {n} whole numbers, one for each point.", got=value)
    return array.astype(np.int64)


def settled(got: Whole, wanted: Whole, points: Array, eps: float, min_pts: int) -> Whole:
    """Her labels with each border point that she put into a cluster within reach moved to the one that we put it into.

    A border point between two clusters may join either, by whichever is found first.
    """
    near = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2)) <= eps
    core = near.sum(axis=1) >= min_pts
    moved = got.copy()
    for point in np.flatnonzero(~core & (wanted != NOISE)):
        reach = np.flatnonzero(near[point] & core)
        if got[point] in got[reach]:
            moved[point] = got[reach[wanted[reach] == wanted[point]][0]]
    return moved


def same_clusters(student: Proxy, right: Proxy, points: Array, eps: float, min_pts: int) -> None:
    """Compare her DBSCAN with ours, whatever the numbers of the clusters and whichever cluster a border point joined; noise is -1."""
    got = whole_numbers(student.clustering.dbscan(points, eps, min_pts), len(points), "dbscan(…)")
    wanted = np.asarray(right.clustering.dbscan(points, eps, min_pts))
    forgiven = right.clustering.renumbered(settled(got, wanted, points, eps, min_pts))
    if difference(forgiven, wanted):
        same(observed(right.clustering.renumbered(got), "dbscan"), right.clustering.dbscan, points, eps, min_pts)


def sweep_data(rng: np.random.Generator, right: Proxy) -> tuple[Array, list[float], list[float], int]:
    """Points, two rows of radii and min_pts: along the first the clusters grow in number and shrink again, along the second they
    only shrink. The first row begins with a cluster and ends with one, so that its ends alone tell nothing.
    """
    for _ in range(50):
        points, min_pts = rng.uniform(0, 10, size=(70, 2)), 4
        radii = [round(float(radius), 3) for radius in np.linspace(0.5, 3.0, 9)]
        counts = right.clustering.eps_sweep(points, radii, min_pts)["clusters"]
        while counts and counts[0] == 0:
            counts, radii = counts[1:], radii[1:]
        top = int(np.argmax(counts)) if counts else 0
        last = [at for at, count in enumerate(counts) if count == counts[top]][-1] if counts else 0
        falls = counts[last:] == sorted(counts[last:], reverse=True)
        if counts and counts[0] < counts[top] and counts[-1] == 1 and falls:
            return points, radii, radii[last:], min_pts
    raise RuntimeError("no random points on which the number of clusters rises and falls")
