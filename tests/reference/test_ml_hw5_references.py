"""ML HW5's references against SciPy's distributions and optimisers, scikit-learn's clustering, and the values of the course."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp
from scipy import integrate, stats
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_samples

from graders.kit.loading import CodeFolder

CODE = CodeFolder.read(Path(__file__).parents[2] / "reference" / "ml_hw5")
FILES = ("pareto", "power_density", "moments_question", "kmeans_identities")


def call(name: str, *args: Any, **kwargs: Any) -> Any:
    module, function = name.split(".")
    return CODE.function(module, function)(*args, **kwargs)


def value(expression: Any, **values: float) -> float:
    return float(sp.N(expression.subs({symbol: values[symbol.name] for symbol in expression.free_symbols})))


@pytest.mark.parametrize("file", FILES)
def test_each_file_checks_itself(file: str) -> None:
    found = call(f"{file}.check")
    assert len(found) >= 3
    for what, difference in found.items():
        assert 0 <= difference < 0.02, what


# Question 1


def test_pareto_mle_is_scipys_fit() -> None:
    x = stats.pareto(2.5, scale=1.4).rvs(500, random_state=1)
    shape, _, _ = stats.pareto.fit(x, floc=0, fscale=1.4)
    assert call("pareto.mle", x, 1.4) == pytest.approx(shape, rel=1e-3)


def test_pareto_posterior_is_likelihood_times_prior() -> None:
    x, b, alpha, beta = stats.pareto(2.5, scale=1.4).rvs(30, random_state=2), 1.4, 3.0, 0.7
    shape, rate = call("pareto.posterior", x, b, alpha, beta)
    grid = np.linspace(0.01, 8, 801)
    log_joint = np.array([stats.pareto(t, scale=b).logpdf(x).sum() + stats.gamma(alpha, scale=1 / beta).logpdf(t) for t in grid])
    joint = np.exp(log_joint - log_joint.max())
    joint /= integrate.simpson(joint, x=grid)
    np.testing.assert_allclose(joint, stats.gamma(shape, scale=1 / rate).pdf(grid), atol=2e-3)
    assert call("pareto.map_estimate", x, b, alpha, beta) == pytest.approx(grid[joint.argmax()], abs=0.011)


def test_pareto_derivation() -> None:
    derived = call("pareto.derive")
    symbols = {symbol.name: symbol for expression in derived.values() for symbol in sp.sympify(expression).free_symbols}
    n, T, alpha, beta, theta, m = (symbols[name] for name in ("n", "T", "alpha", "beta", "theta", "m"))
    wanted = {
        "score": n / theta - T,
        "second_derivative": -n / theta**2,
        "mle": n / T,
        "mode": (alpha + n - 1) / (beta + T),
        "mean": (alpha + n) / (beta + T),
        "mode_flat_prior": n / T,
        "mode_strong_prior": m,
        "mode_large_alpha": sp.oo,
        "mode_large_beta": 0,
        "mode_many_data": theta,
    }
    for name, expression in wanted.items():
        assert derived[name] == expression or sp.simplify(derived[name] - expression) == 0, name
    assert set(derived) == {*wanted, "log_likelihood"}


# Question 2


def test_gamma_moments_are_scipys() -> None:
    derived = call("moments_question.derive")
    for a, s in ((0.6, 2.0), (2.5, 0.8)):
        gamma = stats.gamma(a, scale=s)
        assert value(derived["mean"], a=a, s=s) == pytest.approx(gamma.mean())
        assert value(derived["second_moment"], a=a, s=s) == pytest.approx(gamma.moment(2))
        assert value(derived["variance"], a=a, s=s) == pytest.approx(gamma.var())
        assert value(derived["moment"], a=a, s=s, k=3) == pytest.approx(gamma.moment(3))
        m1, m2 = gamma.mean(), gamma.moment(2)
        assert value(derived["shape"], m1=m1, m2=m2) == pytest.approx(a)
        assert value(derived["scale"], m1=m1, m2=m2) == pytest.approx(s)


def test_moment_estimates_reproduce_the_samples_moments() -> None:
    x = np.random.default_rng(3).gamma(1.7, 0.6, size=50)
    a, s = call("moments_question.method_of_moments", x)
    assert a * s == pytest.approx(x.mean())
    assert a * s**2 == pytest.approx(x.var())


def test_the_price_of_the_moment_estimator() -> None:
    """The file says: over twice the variance of the MLE at a = 1."""
    from scipy.special import polygamma

    rng = np.random.default_rng(4)
    estimates = call("moments_question.method_of_moments", rng.gamma(1.0, 1.0, size=(4000, 800)))[0]
    mle_variance = 1.0 / (1.0 * polygamma(1, 1.0) - 1) / 800
    assert np.var(estimates) > 2 * mle_variance


# Question 3


def test_power_density_is_scipys_power_function() -> None:
    derived = call("power_density.derive")
    for theta in (0.3, 0.5, 2.0):
        law = stats.powerlaw(1 / theta)
        assert value(derived["mean"], theta=theta) == pytest.approx(law.mean())
        assert value(derived["variance"], theta=theta) == pytest.approx(law.var())
        assert value(derived["moment"], theta=theta, k=3) == pytest.approx(law.moment(3))
    assert value(derived["mean"], theta=0.5) == pytest.approx(0.6667, abs=1e-4)  # the course's value, where 1/(2 theta) says 1


def test_power_estimators() -> None:
    derived = call("power_density.derive")
    names = {symbol.name: symbol for expression in derived.values() for symbol in expression.free_symbols}
    theta, n, mean = names["theta"], names["n"], names["mean"]
    wanted = {
        "method_of_moments": 1 / mean - 1,
        "asymptotic_variance": theta**2 * (1 + theta) ** 2 / ((1 + 2 * theta) * n),
        "efficiency": (1 + 2 * theta) / (1 + theta) ** 2,
        "mle_variance": theta**2 / n,
        "mle_mean": theta,
    }
    for name, expression in wanted.items():
        assert sp.simplify(derived[name] - expression) == 0, name
    x = stats.powerlaw(1 / 0.7).rvs(20_000, random_state=5)
    assert 1 / stats.powerlaw.fit(x, floc=0, fscale=1)[0] == pytest.approx(call("power_density.mle", x), rel=1e-3)
    assert call("power_density.method_of_moments", x) == pytest.approx(0.7, rel=0.03)


# Questions 5 and 6


def clusters(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    centres = np.array([[0.0, 0.0], [4.0, 1.0], [1.0, 5.0]])
    labels = rng.integers(0, 3, size=60)
    return centres[labels] + rng.normal(size=(60, 2)), labels


def test_silhouette_is_scikit_learns() -> None:
    points, labels = clusters(1)
    labels[0] = 3  # a cluster of one
    np.testing.assert_allclose(
        call("kmeans_identities.silhouette", points, labels), silhouette_samples(points, labels), atol=1e-12
    )


def test_silhouette_of_the_handouts_example() -> None:
    points = np.array([[1.0], [2.0], [4.0], [7.0], [9.0]])
    found = call("kmeans_identities.silhouette", points, np.array([0, 0, 0, 1, 1]))
    assert found[1] == pytest.approx(0.75)


def test_kmeans_is_scikit_learns() -> None:
    points, _ = clusters(2)
    start = points[:3]
    labels, centres, costs = call("kmeans_identities.lloyd", points, start)
    theirs = KMeans(n_clusters=3, init=start, n_init=1, algorithm="lloyd", tol=0, max_iter=100).fit(points)
    np.testing.assert_array_equal(labels, theirs.labels_)
    np.testing.assert_allclose(centres, theirs.cluster_centers_)
    assert costs[-1] == pytest.approx(theirs.inertia_)
    assert all(later <= earlier for earlier, later in pairwise(costs))


def test_the_update_is_optimal() -> None:
    derived = call("kmeans_identities.derive")
    assert derived["best centre - mean"] == [0, 0]
    assert derived["identity"] == 0
    assert all(curvature > 0 for curvature in derived["curvature"])


def test_seeding_prefers_far_points() -> None:
    points = np.array([[0.0], [1.0], [3.0], [3.0]])
    weights = call("kmeans_identities.seeding_weights", points, np.array([[0.0]]))
    np.testing.assert_allclose(weights, np.array([0, 1, 9, 9]) / 19)
