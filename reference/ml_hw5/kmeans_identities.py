"""ML HW5, questions 5 and 6: why k-means improves in each step, how k-means++ seeds it, and the silhouette.

Update: for points x_1 .. x_n of one cluster and any centre c,

    sum |x_i - c|^2 = sum |x_i - xbar|^2 + n |xbar - c|^2

so the mean is the one best centre, and moving there lowers the cost by exactly n |xbar - c|^2. The assignment step takes the
nearest centre and cannot raise the cost either. There are finitely many partitions; with a fixed rule for ties the cost falls
strictly until nothing changes. So k-means stops, at a *local* optimum.

Seeding (k-means++): the next centre is point i with probability D_i^2 / sum_j D_j^2, D_i = distance to the nearest centre so
far. Only the seeding draws at random; afterwards the centres are plain means.

Silhouette of a point: s = (b - a) / max(a, b), a = mean distance to the *other* points of its own cluster, b = smallest mean
distance to another cluster; 0 where the point is alone in its cluster.
"""

import numpy as np


def cost(points, centre):
    """Sum of squared distances of points (n, d) to one centre (d,)."""
    return float(np.sum((points - centre) ** 2))


def seeding_weights(points, centres):
    """Probability (n,) of each point to be the next centre of k-means++; points (n, d), centres so far (m, d)."""
    squares = np.sum((points[:, None, :] - centres[None, :, :]) ** 2, axis=2)  # (n, m)
    nearest = squares.min(axis=1)
    return nearest / nearest.sum()


def lloyd(points, centres, steps=100):
    """k-means from given centres: (labels (n,), centres (k, d), cost after each step). A cluster left empty keeps its centre."""
    costs = []
    for _ in range(steps):
        squares = np.sum((points[:, None, :] - centres[None, :, :]) ** 2, axis=2)
        labels = squares.argmin(axis=1)  # of equally near centres the first: the fixed rule for ties
        members = [points[labels == number] for number in range(len(centres))]
        centres = np.array([group.mean(axis=0) if len(group) else old for group, old in zip(members, centres, strict=True)])
        costs.append(float(np.sum((points - centres[labels]) ** 2)))
        if len(costs) > 1 and costs[-1] == costs[-2]:
            break
    return labels, centres, costs


def silhouette(points, labels):
    """Silhouette (n,) of every point; points (n, d), labels (n,)."""
    distances = np.sqrt(np.sum((points[:, None, :] - points[None, :, :]) ** 2, axis=2))
    values = np.zeros(len(points))
    for number, own in enumerate(labels):
        friends = (labels == own) & (np.arange(len(points)) != number)
        if not friends.any():
            continue
        a = distances[number, friends].mean()
        b = min(distances[number, labels == other].mean() for other in set(labels.tolist()) if other != own)
        values[number] = (b - a) / max(a, b)
    return values


def derive():
    """The update by sympy for n = 4 points in the plane: the best centre less the mean, and both sides' difference (all zero)."""
    import sympy as sp

    n = 4
    xs, ys, c = sp.symbols(f"x1:{n + 1}"), sp.symbols(f"y1:{n + 1}"), sp.symbols("c1 c2")
    mean = sum(xs) / n, sum(ys) / n

    def total(centre):
        return sum((x - centre[0]) ** 2 + (y - centre[1]) ** 2 for x, y in zip(xs, ys, strict=True))

    best = sp.solve([sp.diff(total(c), each) for each in c], c)
    return {
        "best centre - mean": [sp.simplify(best[each] - m) for each, m in zip(c, mean, strict=True)],
        "identity": sp.expand(total(c) - total(mean) - n * ((mean[0] - c[0]) ** 2 + (mean[1] - c[1]) ** 2)),
        "curvature": [sp.diff(total(c), each, 2) for each in c],  # 2 n > 0: a minimum
    }


def check(seed=0):
    """Differences between the formulas and numbers found without them: {what: difference}."""
    rng = np.random.default_rng(seed)
    points, c = rng.normal(size=(60, 2)), rng.normal(size=2)
    mean = points.mean(axis=0)
    split = cost(points, mean) + len(points) * cost(mean[None], c)
    centres = points[:2]
    chosen = rng.choice(len(points), size=200_000, p=seeding_weights(points, centres))
    shares = np.bincount(chosen, minlength=len(points)) / len(chosen)
    by_hand = np.array([min(np.linalg.norm(x - centre) ** 2 for centre in centres) for x in points])
    costs = np.array(lloyd(points, points[:3])[2])
    return {
        "update identity": abs(cost(points, c) - split),
        "seeding weights": float(np.abs(shares - by_hand / by_hand.sum()).max()),
        "the cost never rises": float(max(np.diff(costs).max(initial=0.0), 0.0)),
    }


if __name__ == "__main__":
    for name, expression in derive().items():
        print(f"{name:20s} {expression}")
    print(check())
