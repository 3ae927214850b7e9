"""Public checks of the code: the worked examples of the handout."""

import math

import numpy as np

from graders.kit import check, ensure, equal


def column(*values):
    """Points on a line, (n, 1)."""
    return np.array(values, dtype=float)[:, None]


@check("q5.dbscan_example")
def test_dbscan_example(student):
    """The points of the handout: two clusters, one of them with a border point at a distance of exactly eps, and noise."""
    points = column(0, 1, 2, 4, 8, 9, 10, 20)
    got = student.clustering.dbscan(points, 2.0, 3)
    entries = list(got) if isinstance(got, list | tuple) or (isinstance(got, np.ndarray) and got.ndim == 1) else []
    numbers = len(entries) == 8 and all(isinstance(one, int | float | np.number) for one in entries)
    ensure(numbers, "dbscan should return a whole number for each of the 8 points.", got=got)
    got = np.asarray(got)
    together = (got[:, None] == got[None, :]) & (got != -1)[:, None] & (got != -1)[None, :]
    wanted = np.array([0, 0, 0, 0, 1, 1, 1, -1])
    right = (wanted[:, None] == wanted[None, :]) & (wanted != -1)[:, None] & (wanted != -1)[None, :]
    same = np.array_equal(together, right)
    ensure(
        same,
        "dbscan finds other clusters than the handout's example (the numbers themselves do not matter).",
        got=got,
        wanted=wanted,
    )


@check("q5.quality_example")
def test_quality_example(student):
    """Silhouettes of five points in three clusters, one of them a lonely point; the agreement of two clusterings of six points."""
    points, labels = column(0, 1, 4, 10, 12), np.array([3, 3, 0, 8, 8])
    inputs = (points, labels)
    wanted = np.array([3 / 4, 2 / 3, 0, 2 / 3, 3 / 4])
    equal(student.clustering.silhouette(points, labels), wanted, what="silhouette", inputs=inputs)
    equal(student.clustering.mean_silhouette(points, labels), 17 / 30, what="mean_silhouette", inputs=inputs)
    labels, truth = np.array([0, 0, 0, 1, 1, 2]), np.array([5, 5, 1, 1, 1, 1])
    equal(student.clustering.agreement(labels, truth), 4 / 6, what="agreement", inputs=(labels, truth))


@check("q6.kmeans_example")
def test_kmeans_example(student):
    """Both steps, J and the whole run on five points of a line; a tie, and a cluster without points."""
    points, centres, labels = column(0, 2, 4, 10, 12), column(0, 4), np.array([0, 0, 1, 1, 1])
    equal(student.clustering.assign(points, centres), labels, what="assign", inputs=(points, centres))
    moved = column(1, 26 / 3)
    equal(student.clustering.update(points, labels, centres), moved, what="update", inputs=(points, labels, centres))
    kept = column(1, 26 / 3, 50)
    equal(student.clustering.update(points, labels, column(0, 4, 50)), kept, what="update with an empty cluster")
    equal(student.clustering.cost(points, labels, centres), 104.0, what="cost", inputs=(points, labels, centres))
    wanted = {"labels": np.array([0, 0, 0, 1, 1]), "centres": column(2, 11), "costs": [104.0, 11 + 116 / 9, 10.0]}
    equal(student.clustering.kmeans(points, centres, 100), wanted, what="kmeans", inputs=(points, centres, 100))


@check("q6.seeding_example")
def test_seeding_example(student):
    """Probabilities after the first centre by the uniform rule; the two centres that two draws choose, by both rules."""
    points = column(0, 1, 3, 7)
    got = student.clustering.seeding_weights(points, column(0), "uniform")
    equal(got, np.array([0, 1, 1, 1]) / 3, what='seeding_weights(…, "uniform")', inputs=(points, column(0)))
    for rule, second in (("k-means++", 7), ("uniform", 3)):
        got = student.clustering.seeding(points, [0.3, 0.5], rule)
        equal(got, column(1, second), what=f'seeding(…, "{rule}")', inputs=(points, [0.3, 0.5]))


@check("q6.series_example")
def test_series_example(student):
    """Cosine, DTW with its path, and the medoid of the handout's examples."""
    x, y = np.array([1.0, 0.0]), np.array([1.0, 1.0])
    equal(student.clustering.cosine_distance(x, y), 1 - math.sqrt(0.5), what="cosine_distance", inputs=(x, y))
    equal(student.clustering.dtw(np.array([0.0, 3.0]), np.array([1.0])), math.sqrt(5), what="dtw([0, 3], [1])")
    x, y = np.array([0.0, 0.0, 1.0, 2.0]), np.array([0.0, 1.0, 2.0, 2.0])
    equal(student.clustering.dtw(x, y), 0.0, what="dtw of a series and a later one", inputs=(x, y))
    path = np.array([[0, 0], [1, 0], [2, 1], [3, 2], [3, 3]])
    equal(student.clustering.dtw_path(x, y), path, what="dtw_path", inputs=(x, y))
    table = np.array([[0.0, 1.0, 4.0], [1.0, 0.0, 3.0], [4.0, 3.0, 0.0]])
    equal(student.clustering.medoid(table), 1, what="medoid", inputs=table)
