"""ML HW5, questions 5 and 6: clusterings from scratch. NumPy only.

Fill in the functions; keep their names and arguments. You may add functions of your own. The handout defines every term.

points (n, d), centres (k, d), labels (n,) whole numbers, a series (T,). Distances are Euclidean unless the name says another.
"""

import numpy as np

# Question 5


def dbscan(points, eps, min_pts):
    """Labels (n,): the number of each point's cluster, -1 for noise. points: (n, d)."""
    raise NotImplementedError("dbscan is yours to write: see the handout, section q5-dbscan")


def eps_sweep(points, radii, min_pts):
    """DBSCAN for each radius of a list, smallest first.

    Returns {"clusters": list of int, "noise": list of int, "clusters_never_rise": bool, "noise_never_rises": bool}.
    """
    raise NotImplementedError("eps_sweep is yours to write: see the handout, section q5-epsilon")


def silhouette(points, labels):
    """Silhouette of every point, (n,). labels: any whole numbers, at least two different ones."""
    raise NotImplementedError("silhouette is yours to write: see the handout, section q5-silhouette")


def mean_silhouette(points, labels):
    """The mean silhouette, a float."""
    raise NotImplementedError("mean_silhouette is yours to write: see the handout, section q5-silhouette")


def agreement(labels, truth):
    """Share of points, a float in [0, 1], on which two clusterings agree under the best one-to-one renaming of clusters."""
    raise NotImplementedError("agreement is yours to write: see the handout, section q5-agreement")


# Question 6: k-means


def assign(points, centres):
    """Number of the nearest centre for each point, (n,)."""
    raise NotImplementedError("assign is yours to write: see the handout, section q6-kmeans")


def update(points, labels, centres):
    """The centres after the update step, (k, d). centres: the ones before it."""
    raise NotImplementedError("update is yours to write: see the handout, section q6-kmeans")


def cost(points, labels, centres):
    """J, a float."""
    raise NotImplementedError("cost is yours to write: see the handout, section q6-kmeans")


def kmeans(points, centres, max_iterations):
    """k-means from the given centres. Returns {"labels": (n,), "centres": (k, d), "costs": list of float}."""
    raise NotImplementedError("kmeans is yours to write: see the handout, section q6-kmeans")


def seeding_weights(points, centres, rule):
    """Probability of each point to be the next centre, (n,). centres: those chosen so far; rule: "k-means++" or "uniform"."""
    raise NotImplementedError("seeding_weights is yours to write: see the handout, section q6-start")


def seeding(points, draws, rule):
    """Starting centres (k, d). draws: k numbers in [0, 1), one for each centre; rule: "k-means++" or "uniform"."""
    raise NotImplementedError("seeding is yours to write: see the handout, section q6-start")


def restarts(points, draws, rule):
    """k-means from S seedings. draws: (S, k). Returns {"cost": (S,), "iterations": (S,), "centres": (k, d)}."""
    raise NotImplementedError("restarts is yours to write: see the handout, section q6-restarts")


def density_experiment(points, regions, volumes, draws):
    """Centres per region. regions: (n,) from 0 to r - 1; volumes: r numbers; draws: (S, k).

    Returns {"found": (r,), "law": (r,), "proportional": (r,)}.
    """
    raise NotImplementedError("density_experiment is yours to write: see the handout, section q6-density")


# Question 6: time series


def cosine_distance(x, y):
    """Cosine distance of two vectors (d,), a float."""
    raise NotImplementedError("cosine_distance is yours to write: see the handout, section q6-series")


def dtw(x, y):
    """Distance of two series (n,) and (m,) by dynamic time warping, a float."""
    raise NotImplementedError("dtw is yours to write: see the handout, section q6-series")


def dtw_path(x, y):
    """The warping path of dtw, (L, 2) whole numbers: pairs (i, j) from (0, 0) to (n - 1, m - 1)."""
    raise NotImplementedError("dtw_path is yours to write: see the handout, section q6-series")


def permutation_change(x, y, order):
    """How far each distance of x and y (T,) moves when both are put into the new order (T,).

    Returns {"euclidean": float, "cosine": float, "dtw": float}.
    """
    raise NotImplementedError("permutation_change is yours to write: see the handout, section q6-order")


def spherical_kmeans(points, centres, max_iterations):
    """k-means by cosine. Returns {"labels": (n,), "centres": (k, d) of length 1, "costs": list of float}."""
    raise NotImplementedError("spherical_kmeans is yours to write: see the handout, section q6-spherical")


def medoid(distances):
    """Number of the medoid, an int. distances: (n, n), symmetric, 0 on the diagonal."""
    raise NotImplementedError("medoid is yours to write: see the handout, section q6-averages")


def barycentre(series, start, iterations):
    """DTW barycentre average, as long as start. series: list of (T_i,); start: (T,); iterations: int."""
    raise NotImplementedError("barycentre is yours to write: see the handout, section q6-averages")
