"""Speech HW5's references against torch's autograd, SciPy's distributions, and the values of the course."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from graders.kit.loading import CodeFolder

CODE = CodeFolder.read(Path(__file__).parents[2] / "reference" / "speech_hw5")


def call(name: str, *args: Any, **kwargs: Any) -> Any:
    module, function = name.split(".")
    return CODE.function(module, function)(*args, **kwargs)


# Question 2


def autograd(params: Any, x: Any, y: Any) -> dict[str, np.ndarray]:
    """Every gradient of the network by torch, float64."""
    W1, b1, W2, b2 = (torch.tensor(params[name]) for name in ("W1", "b1", "W2", "b2"))
    leaf = torch.tensor(x, requires_grad=True)
    d = torch.relu(W1 @ leaf + b1) + leaf
    z2 = W2 @ d + b2
    theta = torch.relu(z2) + d
    for inner in (d, z2, theta):
        inner.retain_grad()
    (-(torch.tensor(y) * torch.log_softmax(theta, dim=0)).sum()).backward()
    found = {"delta1": theta.grad, "delta2": z2.grad, "delta3": d.grad, "dx": leaf.grad}
    return {name: gradient.numpy() for name, gradient in found.items() if gradient is not None}


@pytest.mark.parametrize("size", [2, 3, 6])
def test_gradients_are_those_of_autograd(size: int) -> None:
    rng = np.random.default_rng(size)
    for _ in range(40):
        params, x, y = call("skip_gradient.random_problem", rng, size)
        wanted = autograd(params, x, y)
        got = call("skip_gradient.gradients", params, x, y)
        assert set(got) == set(wanted) == {"delta1", "delta2", "delta3", "dx"}
        for name in wanted:
            np.testing.assert_allclose(got[name], wanted[name], atol=1e-12, err_msg=name)


def test_gradients_for_targets_of_any_sum() -> None:
    rng = np.random.default_rng(5)
    params, x, _ = call("skip_gradient.random_problem", rng, 4)
    y = np.array([0.5, 1.0, 0.0, 1.5])
    np.testing.assert_allclose(call("skip_gradient.gradients", params, x, y)["dx"], autograd(params, x, y)["dx"], atol=1e-12)


def test_sympy_agrees_for_all_sixteen_patterns() -> None:
    leftovers = call("skip_gradient.derive")
    assert len(leftovers) == 16
    for pattern, entries in leftovers.items():
        assert len(entries) == 8
        assert all(entry == 0 for entry in entries), pattern


def test_the_file_checks_itself() -> None:
    found = call("skip_gradient.check")
    assert 0 < found["finite differences"] < 1e-7
    assert 0 < found["closed form"] < 1e-13


def test_plain_gradients_vanish_and_skips_keep_them() -> None:
    data = call("vanishing.norms", networks=15)
    assert data["depth"][0] == 2 and data["depth"][-1] == 30
    plain, skip = data["plain"], data["skip"]
    assert plain[-1] < 1e-4 * plain[0]
    slope = np.polyfit(data["depth"], np.log(plain), 1)[0]
    assert -0.8 < slope < -0.2  # each layer takes a factor of about sqrt(1/2), and a little more where neurons die
    assert skip.min() > 0.5 and skip[-1] > 10 * skip[0]


def test_one_layer_of_the_demonstration_by_autograd() -> None:
    """The norm of a network of depth 3, its weights drawn in the same order, by torch."""
    from_file = call("vanishing.gradient_norm", 3, True, np.random.default_rng(8))
    rng = np.random.default_rng(8)
    weights = rng.normal(0, 0.25, size=(3, 16, 16))
    x = torch.tensor(rng.normal(size=16), requires_grad=True)
    h = x
    for W in weights:
        h = torch.relu(torch.tensor(W) @ h) + h
    target = int(rng.integers(16))
    (-torch.log_softmax(h, dim=0)[target]).backward()
    assert x.grad is not None
    assert from_file == pytest.approx(float(torch.linalg.norm(x.grad)), rel=1e-12)


def test_the_plot_is_a_picture_of_the_data() -> None:
    data = call("vanishing.norms", depths=(2, 5, 10), networks=3)
    root = ElementTree.fromstring(call("vanishing.plot", data))
    lines = [part for part in root if part.tag.endswith("polyline")]
    assert len(lines) == 2
    heights = [[float(point.split(",")[1]) for point in line.attrib["points"].split()] for line in lines]
    assert all(len(one) == 3 for one in heights)
    assert heights[0] == sorted(heights[0])  # the plain curve falls: downwards is larger y in SVG


# Question 1

COURSE = {  # values of the course: N(0, 1) against N(1, 1), and against N(1, 1.5^2)
    ("kl", 1.0): 0.5,
    ("tv", 1.0): 0.382925,
    ("chi2", 1.0): 1.718282,
    ("w2", 1.0): 1.0,
    ("kl", 1.5): 0.349910,
    ("tv", 1.5): 0.346123,
    ("chi2", 1.5): 0.600415,
    ("w2", 1.5): 1.118034,
}


@pytest.mark.parametrize(("name", "deviation"), COURSE)
def test_values_of_the_course(name: str, deviation: float) -> None:
    got = call(f"divergences.{name}", (0.0, 1.0), (1.0, deviation))
    assert got == pytest.approx(COURSE[name, deviation], abs=2e-6)


def test_hellinger_in_both_conventions() -> None:
    p = (0.0, 1.0)
    assert call("divergences.hellinger", p, (1.0, 1.0)) ** 2 == pytest.approx(0.235006, abs=1e-6)
    assert call("divergences.hellinger", p, (1.0, 1.5)) ** 2 == pytest.approx(0.220731, abs=1e-6)
    assert call("divergences.hellinger", p, (1.0, 1.5), "normalised") ** 2 == pytest.approx(0.220731 / 2, abs=1e-6)
    assert call("divergences.hellinger", p, (1e3, 1.0)) == pytest.approx(math.sqrt(2))


def test_closed_forms_against_scipy() -> None:
    rng = np.random.default_rng(1)
    for _ in range(10):
        p, q = [(float(rng.normal()), float(rng.uniform(1.0, 1.2))) for _ in range(2)]
        a, b = stats.norm(*p).pdf, stats.norm(*q).pdf
        integrals = {
            "kl": lambda x, a=a, b=b: a(x) * np.log(a(x) / b(x)),
            "tv": lambda x, a=a, b=b: 0.5 * np.abs(a(x) - b(x)),
            "chi2": lambda x, a=a, b=b: (a(x) - b(x)) ** 2 / b(x),
            "hellinger": lambda x, a=a, b=b: (np.sqrt(a(x)) - np.sqrt(b(x))) ** 2,
        }
        grid = np.linspace(-15, 15, 60_001)
        for name, function in integrals.items():
            wanted = float(integrate.simpson(function(grid), x=grid))
            got = call(f"divergences.{name}", p, q) ** (2 if name == "hellinger" else 1)
            assert got == pytest.approx(wanted, rel=1e-5), name


def test_chi_square_is_infinite_where_q_is_too_narrow() -> None:
    assert call("divergences.chi2", (0.0, 1.5), (0.0, 1.0)) == math.inf
    assert call("divergences.kl", (0.0, 1.5), (0.0, 1.0)) < math.inf


def test_equal_distributions_have_no_distance() -> None:
    p = (0.7, 1.3)
    for name in call("divergences.derive"):
        got = call("divergences.mmd2", p, p, 0.5) if name == "mmd2" else call(f"divergences.{name}", p, p)
        assert got == pytest.approx(0, abs=1e-7), name


def test_three_ways_agree() -> None:
    found = call("divergences.check")
    assert len(found) == 15
    for (name, pair), (closed, slices, draws) in found.items():
        assert slices == pytest.approx(closed, rel=1e-5, abs=1e-7), (name, pair)
        assert draws == pytest.approx(closed, rel=0.02), (name, pair)


def test_w2_against_scipys_matched_samples() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.normal(0, 1, 20_000), rng.normal(1, 1.5, 20_000)
    from scipy.optimize import linear_sum_assignment

    few_x, few_y = x[:300], y[:300]
    cost = (few_x[:, None] - few_y[None]) ** 2
    best = math.sqrt(cost[linear_sum_assignment(cost)].mean())  # the cheapest pairing of all, found without sorting
    assert best == pytest.approx(math.sqrt(np.mean((np.sort(few_x) - np.sort(few_y)) ** 2)), rel=1e-9)
    assert call("divergences.w2", (0, 1), (1, 1.5)) == pytest.approx(math.sqrt(np.mean((np.sort(x) - np.sort(y)) ** 2)), rel=0.05)


def test_mmd_is_the_mean_of_its_unbiased_estimator() -> None:
    rng = np.random.default_rng(4)
    p, q, h = (0.0, 1.0), (1.0, 1.5), 0.8
    estimates = [call("divergences.mmd2_unbiased", rng.normal(*p, 60), rng.normal(*q, 60), h) for _ in range(400)]
    error = float(np.std(estimates) / np.sqrt(len(estimates)))
    assert np.mean(estimates) == pytest.approx(call("divergences.mmd2", p, q, h), abs=4 * error)
    same = [call("divergences.mmd2_unbiased", rng.normal(*p, 60), rng.normal(*p, 60), h) for _ in range(400)]
    assert min(same) < 0 < max(same)
    assert abs(np.mean(same)) < 4 * np.std(same) / np.sqrt(len(same))


def test_kernel_mean_on_a_grid() -> None:
    p, q, h = (0.3, 0.9), (-0.4, 1.4), 0.7
    wanted = _on_a_grid(p, q, h)
    assert call("divergences.kernel_mean", p, q, h) == pytest.approx(wanted, rel=1e-6)


def _on_a_grid(p: tuple[float, float], q: tuple[float, float], h: float) -> float:
    """E k(X, Y) as a double sum over a fine grid."""
    x = np.linspace(-9, 9, 1201)
    weights = np.outer(stats.norm(*p).pdf(x), stats.norm(*q).pdf(x)) * (x[1] - x[0]) ** 2
    return float(np.sum(weights * np.exp(-((x[:, None] - x[None]) ** 2) / (2 * h**2))))


def test_sympys_closed_forms_are_the_functions() -> None:
    import sympy as sp

    values = {"m1": 0.3, "m2": -0.5, "s1": 0.9, "s2": 1.1, "h": 0.7}
    p, q = (values["m1"], values["s1"]), (values["m2"], values["s2"])
    derived = call("divergences.derive")
    assert set(derived) == {"kl", "tv", "chi2", "hellinger", "w2", "mmd2"}
    for name, expression in derived.items():
        got = complex(sp.N(expression.subs({symbol: values[symbol.name] for symbol in expression.free_symbols})))
        wanted = call("divergences.mmd2", p, q, values["h"]) if name == "mmd2" else call(f"divergences.{name}", p, q)
        if name == "tv":  # derived for equal deviations
            wanted = call("divergences.tv", p, (q[0], p[1]))
        assert got == pytest.approx(wanted, rel=1e-12), name
