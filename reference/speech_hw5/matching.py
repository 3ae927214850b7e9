"""Speech HW5, question 1.2: bringing two distributions closer, in six ways, with what each of them gains and what it cannot.

`source` (N, D) and `target` (M, D) are two samples, say features of the same words over two microphones. Every way returns the source
moved towards the target, shape (N, D):

    standardize         equal means and deviations, column by column: a shift and a stretch
    match_quantiles     equal quantiles, column by column ("histogram matching"); any monotone distortion of a column is undone
    match_moments       equal means and covariances (whitening and colouring; CORAL, Sun, Feng and Saenko 2016)
    minimise_kl         the affine map whose Gaussian is nearest to the target's in KL divergence, by gradient descent
    minimise_mmd        points moved down the gradient of the maximum mean discrepancy (Gretton and others 2012)
    transport           optimal transport: each point goes to the target point that the cheapest pairing gives it

A method that has seen a sample can copy it, so what came of it is measured on target points that no method saw, with measures that
none of them minimises: the energy distance, the mean Wasserstein-1 distance of the columns, and the share of points that their nearest
neighbour tells apart (1/2 is mixed, 1 is apart).
"""

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist, pdist
from scipy.stats import wasserstein_distance

EPSILON = 1e-9


def standardize(source, target):
    """(x - mean_s) / std_s * std_t + mean_t. A column of the source that does not vary is only shifted."""
    spread = source.std(0)
    scale = np.where(spread > EPSILON, target.std(0) / np.maximum(spread, EPSILON), 1.0)
    return (source - source.mean(0)) * scale + target.mean(0)


def match_quantiles(source, target):
    """Each value becomes the target's value of the same rank; between ranks on a straight line."""
    places = (np.arange(len(target)) + 0.5) / len(target)
    moved = np.empty_like(source, dtype=float)
    for column in range(source.shape[1]):
        ranks = (np.argsort(np.argsort(source[:, column], kind="stable"), kind="stable") + 0.5) / len(source)
        moved[:, column] = np.interp(ranks, places, np.sort(target[:, column]))
    return moved


def match_moments(source, target, ridge=1e-6):
    """Whiten with the source's covariance, colour with the target's. `ridge` is added to both diagonals, relative to their mean."""

    def root(points, power):
        covariance = np.atleast_2d(np.cov(points, rowvar=False))
        covariance = covariance + ridge * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
        values, vectors = np.linalg.eigh(covariance)
        return (vectors * values**power) @ vectors.T

    return (source - source.mean(0)) @ root(source, -0.5) @ root(target, 0.5) + target.mean(0)


def gaussian_kl(mean_p, covariance_p, mean_q, covariance_q):
    """KL(N(mean_p, covariance_p) || N(mean_q, covariance_q)), in nats."""
    inverse, shift = np.linalg.inv(covariance_q), mean_q - mean_p
    logs = np.linalg.slogdet(covariance_q)[1] - np.linalg.slogdet(covariance_p)[1]
    return 0.5 * (np.trace(inverse @ covariance_p) + shift @ inverse @ shift - len(shift) + logs)


def minimise_kl(source, target, steps=500, rate=0.1):
    """Gradient descent on KL(N_A(source) || N(target)) over x -> A x + b; returns the moved points and the KL of each step.

    With S and T the covariances, KL = 1/2 (tr(T^-1 A S A') - 2 ln|det A| + ...), so dKL/dA = T^-1 A S - A^-T, and
    dKL/db = T^-1 (A m_s + b - m_t). Both are multiplied by T (a fixed preconditioner), which frees the rate from the units of the data.
    Where the data are not Gaussian, the best affine map still leaves what an affine map cannot mend.
    """
    mean_s, mean_t = source.mean(0), target.mean(0)
    cov_s, cov_t = np.cov(source, rowvar=False), np.cov(target, rowvar=False)
    start = np.sqrt(np.diag(cov_s))  # work on columns of deviation 1
    points, cov_s = (source - mean_s) / start, cov_s / np.outer(start, start)
    stretch, shift = np.diag(start), mean_s.copy()
    curve = []
    for _ in range(steps):
        curve.append(gaussian_kl(shift, stretch @ cov_s @ stretch.T, mean_t, cov_t))
        stretch = stretch - rate * (stretch @ cov_s - cov_t @ np.linalg.inv(stretch).T)
        shift = shift - rate * (shift - mean_t)
    return points @ stretch.T + shift, np.array(curve)


def kernel_width(source, target):
    """The median distance between points of both samples, the usual rule."""
    return float(np.median(pdist(np.concatenate([source, target]))))


def mmd2(source, target, width):
    """Squared maximum mean discrepancy with the kernel exp(-|a - b|^2 / (2 width^2)); the biased estimate, never below 0."""

    def mean(a, b):
        return np.exp(-cdist(a, b, "sqeuclidean") / (2 * width**2)).mean()

    return mean(source, source) + mean(target, target) - 2 * mean(source, target)


def mmd_gradient(points, target, width):
    """d MMD^2 / d points, shape (N, D)."""

    def pull(others):
        weights = np.exp(-cdist(points, others, "sqeuclidean") / (2 * width**2)) / width**2
        return (weights @ others - weights.sum(1, keepdims=True) * points) / len(others)

    return 2 / len(points) * (pull(points) - pull(target))


def minimise_mmd(source, target, steps=300, rate=0.5):
    """Move every point down the gradient of MMD^2; returns the points and MMD^2 of each step.

    The width shrinks from three times the median distance to the median: a wide kernel pulls far points, a narrow one shapes.
    """
    points, base = source.astype(float).copy(), kernel_width(source, target)
    curve = []
    for step in range(steps):
        width = base * (1 + 2 * (1 - step / steps))
        points -= rate * len(points) * width**2 * mmd_gradient(points, target, width)
        curve.append(mmd2(points, target, base))
    return points, np.array(curve)


def transport(source, target):
    """Exact optimal transport with squared distances, after as many target points as there are source points were drawn evenly.

    Between samples of equal size the cheapest plan is a pairing (Birkhoff), which the Hungarian method finds.
    """
    picks = np.linspace(0, len(target) - 1, len(source)).round().astype(int)
    ends = target[picks]
    rows, columns = linear_sum_assignment(cdist(source, ends, "sqeuclidean"))
    moved = np.empty_like(source, dtype=float)
    moved[rows] = ends[columns]
    return moved


def energy_distance(a, b):
    """2 E|X - Y| - E|X - X'| - E|Y - Y'|, 0 only for equal distributions (Székely and Rizzo 2013)."""
    within = [pdist(points).sum() * 2 / len(points) ** 2 for points in (a, b)]
    return float(2 * cdist(a, b).mean() - sum(within))


def told_apart(a, b):
    """The share of points whose nearest neighbour in the union is of their own sample, weighted so that 1/2 means "mixed"."""
    distances = cdist(np.concatenate([a, b]), np.concatenate([a, b]))
    np.fill_diagonal(distances, np.inf)
    side = np.repeat([0, 1], [len(a), len(b)])
    own = side[distances.argmin(1)] == side
    return float(np.mean([own[side == 0].mean(), own[side == 1].mean()]))


def distances(a, b):
    """How far two samples are from each other, by three measures."""
    columns = [wasserstein_distance(a[:, column], b[:, column]) for column in range(a.shape[1])]
    return {"energy": energy_distance(a, b), "wasserstein_1": float(np.mean(columns)), "told_apart": told_apart(a, b)}


WAYS = {
    "as it is": lambda source, target: source,
    "standardize": standardize,
    "match_quantiles": match_quantiles,
    "match_moments": match_moments,
    "minimise_kl": lambda source, target: minimise_kl(source, target)[0],
    "minimise_mmd": lambda source, target: minimise_mmd(source, target)[0],
    "transport": transport,
}


def three_samples(seed, size=200):
    """A crescent, and two draws of another one, stretched, turned and bent: no affine map takes the first to the others."""
    rng = np.random.default_rng(seed)

    def crescent():
        angle = rng.uniform(0, np.pi, size)
        return np.column_stack([np.cos(angle), np.sin(angle)]) + 0.1 * rng.normal(size=(size, 2))

    def bent():
        points = crescent()
        points = np.column_stack([points[:, 0] + 0.4 * points[:, 1] ** 2, points[:, 1]])
        return points @ np.array([[1.2, 0.9], [-0.7, 1.4]]) + np.array([2.0, -1.0])

    return crescent(), bent(), bent()


def compare(source, target, unseen):
    """Before and after, for every way: {way: {measure: value}}, measured on target points that no way saw."""
    return {name: distances(way(source, target), unseen) for name, way in WAYS.items()}


if __name__ == "__main__":
    for name, row in compare(*three_samples(0)).items():
        print(f"{name:16}" + "".join(f"  {measure} {value:8.4f}" for measure, value in row.items()))
