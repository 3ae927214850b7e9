"""ML HW5, questions 5 and 6: clusterings from scratch, and the experiments that judge what is said about them.

Conventions: points are (n, d), centres (k, d), labels (n,) whole numbers; a series is (T,). Distances are Euclidean unless the
name says another. Chance comes from outside as numbers in [0, 1), so that every result can be repeated and compared.
"""

from itertools import permutations

import numpy as np

NOISE = -1
MAX_ITERATIONS = 100


def squared_distances(points, centres):
    """|x_i - c_j|^2 for all pairs: (n, d), (k, d) -> (n, k)."""
    points, centres = np.asarray(points, dtype=float), np.asarray(centres, dtype=float)
    return ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)


# Question 5: DBSCAN, silhouette, agreement


def renumbered(labels):
    """The same clusters, numbered 0, 1, 2, ... in the order in which they first appear; noise stays -1."""
    labels = np.asarray(labels)
    found = [label for label in dict.fromkeys(labels.tolist()) if label != NOISE]
    numbers = {label: number for number, label in enumerate(found)} | {NOISE: NOISE}
    return np.array([numbers[label] for label in labels.tolist()], dtype=int)


def neighbourhoods(points, eps):
    """Which points lie within eps of each other, each of itself too: (n, n) bool."""
    return np.sqrt(squared_distances(points, points)) <= eps


def dbscan(points, eps, min_pts):
    """Clusters of dense points: (n, d) -> labels (n,), -1 for noise.

    A point with at least min_pts points within eps, itself counted, is a core point. Core points within eps of each other
    share a cluster. A border point, no core point but within eps of one, joins it and leads no further.
    """
    near = neighbourhoods(points, eps)
    core = near.sum(axis=1) >= min_pts
    labels = np.full(len(near), NOISE)
    for number, seed in enumerate(np.flatnonzero(core)):
        if labels[seed] != NOISE:
            continue
        labels[seed], waiting = number, [seed]
        while waiting:
            fresh = np.flatnonzero(near[waiting.pop()] & (labels == NOISE))
            labels[fresh] = number
            waiting += [point for point in fresh if core[point]]
    return renumbered(labels)


def never_rises(values):
    """Whether each value is at most the one before."""
    return bool(np.all(np.diff(values) <= 0))


def count_clusters(labels):
    """How many clusters there are; noise is none."""
    return len(set(labels[labels != NOISE].tolist()))


def eps_sweep(points, radii, min_pts):
    """Number of clusters and of noise points for each radius, smallest first, and whether either ever rises."""
    found = [dbscan(points, eps, min_pts) for eps in radii]
    clusters = [count_clusters(labels) for labels in found]
    noise = [int((labels == NOISE).sum()) for labels in found]
    return {
        "clusters": clusters,
        "noise": noise,
        "clusters_never_rise": never_rises(clusters),
        "noise_never_rises": never_rises(noise),
    }


def silhouette(points, labels):
    """How much nearer each point is to its own cluster than to the next: (n, d), (n,) -> (n,) in [-1, 1]; 0 for a lonely one."""
    labels = np.asarray(labels)
    distances = np.sqrt(squared_distances(points, points))  # (n, n)
    names = np.unique(labels)
    members = names[:, None] == labels  # (k, n)
    sums = distances @ members.T.astype(float)  # (n, k), from each point to all of a cluster
    sizes = members.sum(axis=1)
    values = np.zeros(len(labels))
    for i, own in enumerate(np.searchsorted(names, labels)):
        if sizes[own] == 1:
            continue
        a = sums[i, own] / (sizes[own] - 1)  # the distance to itself is 0 and does not count
        b = np.delete(sums[i] / sizes, own).min()
        values[i] = (b - a) / max(a, b) if max(a, b) > 0 else 0.0
    return values


def mean_silhouette(points, labels):
    """The mean over all points."""
    return float(silhouette(points, labels).mean())


def agreement(labels, truth):
    """Share of points that two clusterings agree on, under the best one-to-one renaming of clusters; at most 6 clusters each."""
    _, rows = np.unique(labels, return_inverse=True)
    _, columns = np.unique(truth, return_inverse=True)
    k = max(rows.max(), columns.max()) + 1
    table = np.zeros((k, k), dtype=int)  # how many points have this label here and that one there
    np.add.at(table, (rows, columns), 1)
    return float(max(table[range(k), order].sum() for order in map(list, permutations(range(k)))) / len(rows))


# Question 6: k-means


def assign(points, centres):
    """The number of the nearest centre for each point, (n,); of equally near ones the smallest number."""
    return squared_distances(points, centres).argmin(axis=1)


def update(points, labels, centres):
    """Each centre moves to the mean of its points; a cluster without points keeps its centre. -> (k, d)."""
    points, moved = np.asarray(points, dtype=float), np.array(centres, dtype=float)
    for number in range(len(moved)):
        own = points[labels == number]
        if len(own):
            moved[number] = own.mean(axis=0)
    return moved


def cost(points, labels, centres):
    """J: the sum over all points of the squared distance to the centre of their cluster."""
    return float(((np.asarray(points, dtype=float) - np.asarray(centres, dtype=float)[labels]) ** 2).sum())


def kmeans(points, centres, max_iterations):
    """k-means from given centres: {"labels": (n,), "centres": (k, d), "costs": list}.

    costs[0] is J of the given centres; each iteration, one update and one assignment, appends its J. It ends with the iteration in
    which no label changes: there are finitely many partitions and J never rises, so that comes. What is found is a *local* optimum.
    """
    labels = assign(points, centres)
    costs = [cost(points, labels, centres)]
    for _ in range(max_iterations):
        before = labels
        centres = update(points, labels, centres)
        labels = assign(points, centres)
        costs.append(cost(points, labels, centres))
        if np.array_equal(labels, before):
            break
    return {"labels": labels, "centres": centres, "costs": costs}


def seeding_weights(points, centres, rule):
    """Probability of each point to be the next centre, (n,): D^2 / sum D^2 by "k-means++"; by "uniform" any point not yet chosen."""
    nearest = squared_distances(points, centres).min(axis=1)  # D^2, to the nearest centre so far
    weights = nearest if rule == "k-means++" else (nearest > 0).astype(float)
    return weights / weights.sum()


def draw(weights, u):
    """The first index at which the running sum of the weights exceeds u, in [0, 1)."""
    return min(int(np.searchsorted(np.cumsum(weights), u, side="right")), len(weights) - 1)


def seeding(points, draws, rule):
    """k starting centres (k, d), all of them points; k = len(draws), and each draw decides one centre."""
    points = np.asarray(points, dtype=float)
    chosen = [draw(np.full(len(points), 1 / len(points)), draws[0])]
    for u in draws[1:]:
        chosen.append(draw(seeding_weights(points, points[chosen], rule), u))
    return points[chosen]


def restarts(points, draws, rule):
    """k-means from S seedings, draws (S, k): {"cost": (S,), "iterations": (S,), "centres": (k, d) of the smallest cost}."""
    runs = [kmeans(points, seeding(points, row, rule), MAX_ITERATIONS) for row in draws]
    costs = np.array([run["costs"][-1] for run in runs])
    iterations = np.array([len(run["costs"]) - 1 for run in runs])
    return {"cost": costs, "iterations": iterations, "centres": runs[int(costs.argmin())]["centres"]}


def centre_law(sizes, volumes, k, d):
    """Where k centres of the optimum go: n^(d/(d+2)) V^(2/(d+2)) for n points in volume V, so centre density ~ p^(d/(d+2))."""
    shares = np.asarray(sizes, dtype=float) ** (d / (d + 2)) * np.asarray(volumes, dtype=float) ** (2 / (d + 2))
    return k * shares / shares.sum()


def proportional_law(sizes, k):
    """As many centres for every point, wherever it lies. It is what one might expect, and not so."""
    return k * np.asarray(sizes) / np.sum(sizes)


def density_experiment(points, regions, volumes, draws):
    """Centres per region: "found" by the best of several k-means++ starts, by the "law", and "proportional" to the points.

    regions (n,) says in which region 0, 1, ... a point lies, volumes (r,) how large each region is. A centre belongs to the
    region of the point nearest to it.
    """
    regions = np.asarray(regions)
    sizes = np.bincount(regions, minlength=len(volumes))
    k, d = np.shape(draws)[1], np.shape(points)[1]
    centres = restarts(points, draws, "k-means++")["centres"]
    home = regions[squared_distances(points, centres).argmin(axis=0)]  # (k,)
    return {
        "found": np.bincount(home, minlength=len(volumes)),
        "law": centre_law(sizes, volumes, k, d),
        "proportional": proportional_law(sizes, k),
    }


# Question 6: distances between time series


def unit(rows):
    """Each row scaled to length 1."""
    rows = np.asarray(rows, dtype=float)
    return rows / np.sqrt((rows**2).sum(axis=-1, keepdims=True))


def euclidean(x, y):
    """Length of x - y."""
    return float(np.sqrt(((np.asarray(x, dtype=float) - y) ** 2).sum()))


def cosine_distance(x, y):
    """1 - cos of the angle between x and y: blind to scale, not to offset."""
    return float(1 - unit(x) @ unit(y))


def spherical_kmeans(points, centres, max_iterations):
    """k-means by cosine: rows and centres of length 1, cost = sum of 1 - cos; |u - v|^2 = 2 (1 - cos) makes the assignment the same."""
    points, centres = unit(points), unit(centres)
    labels = assign(points, centres)
    costs = [cost(points, labels, centres) / 2]
    for _ in range(max_iterations):
        before = labels
        centres = unit(update(points, labels, centres))
        labels = assign(points, centres)
        costs.append(cost(points, labels, centres) / 2)
        if np.array_equal(labels, before):
            break
    return {"labels": labels, "centres": centres, "costs": costs}


def accumulated(x, y):
    """Smallest sum of (x_i - y_j)^2 on a way from the start to each pair: (n + 1, m + 1), row and column 0 are the way in."""
    table = [[0.0] + [np.inf] * len(y)]
    for a in np.asarray(x, dtype=float).tolist():
        above, row = table[-1], [np.inf]
        for j, b in enumerate(np.asarray(y, dtype=float).tolist()):
            row.append((a - b) ** 2 + min(above[j], above[j + 1], row[j]))
        table.append(row)
    return table


def dtw(x, y):
    """Dynamic time warping of (n,) and (m,): the root of the smallest sum of squared differences along a warping path."""
    return float(np.sqrt(accumulated(x, y)[-1][-1]))


def dtw_path(x, y):
    """The warping path that dtw sums along, (L, 2): pairs (i, j) from (0, 0) to (n - 1, m - 1), each one step on in i, j or both."""
    table = accumulated(x, y)
    i, j = len(x), len(y)
    path = [(i - 1, j - 1)]
    while (i, j) != (1, 1):
        i, j = min(((i - 1, j - 1), (i - 1, j), (i, j - 1)), key=lambda step: table[step[0]][step[1]])
        path.append((i - 1, j - 1))
    return np.array(path[::-1])


def permutation_change(x, y, order):
    """How far each distance moves when BOTH series are put into the same new order: {"euclidean", "cosine", "dtw"}."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    known = {"euclidean": euclidean, "cosine": cosine_distance, "dtw": dtw}
    return {name: abs(distance(x[order], y[order]) - distance(x, y)) for name, distance in known.items()}


def medoid(distances):
    """The one with the smallest sum of distances to all others, by an (n, n) table; of equal ones the smallest number."""
    return int(np.asarray(distances).sum(axis=1).argmin())


def barycentre(series, start, iterations):
    """DTW barycentre averaging: each point of the average becomes the mean of all values that a warping path ties to it."""
    average = np.asarray(start, dtype=float)
    for _ in range(iterations):
        sums, counts = np.zeros(len(average)), np.zeros(len(average))
        for one in series:
            i, j = dtw_path(average, one).T
            np.add.at(sums, i, np.asarray(one, dtype=float)[j])
            np.add.at(counts, i, 1)
        average = sums / counts
    return average
