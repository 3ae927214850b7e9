"""The demonstrators of speech HW5, question 1, against SciPy, autograd and planted answers."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.interpolate import BSpline
from scipy.spatial.distance import cdist

from graders.kit.errors import CodeRaised
from graders.kit.loading import CodeFolder

CODE = CodeFolder.read(Path(__file__).parents[2] / "reference" / "speech_hw5")
WAYS = ("random", "evolution", "halving")


def call(module: str, name: str, *args: Any, **kwargs: Any) -> Any:
    return CODE.call(module, name, args, kwargs)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


# Bringing distributions closer


def samples(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(80, 3)) @ rng.normal(size=(3, 3)) + 2, rng.normal(size=(60, 3)) @ rng.normal(size=(3, 3)) - 1


def test_standardize_gives_the_targets_means_and_deviations() -> None:
    source, target = samples(0)
    source[:, 1] = 4.0
    moved = call("matching", "standardize", source, target)
    np.testing.assert_allclose(moved.mean(0), target.mean(0))
    np.testing.assert_allclose(moved.std(0)[[0, 2]], target.std(0)[[0, 2]])


def test_matching_quantiles_undoes_any_rising_distortion() -> None:
    values = np.random.default_rng(1).normal(size=(200, 2))
    bent = np.column_stack([np.exp(values[:, 0]), values[:, 1] ** 3])
    np.testing.assert_allclose(call("matching", "match_quantiles", bent, values), values, atol=1e-12)


def test_matching_moments_gives_the_targets_covariance() -> None:
    source, target = samples(2)
    moved = call("matching", "match_moments", source, target)
    np.testing.assert_allclose(np.cov(moved.T), np.cov(target.T), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(moved.mean(0), target.mean(0))


def test_descent_on_kl_ends_at_the_best_gaussian() -> None:
    source, target = samples(3)
    moved, curve = call("matching", "minimise_kl", source, target)
    assert np.all(np.diff(curve) <= 1e-9) and curve[0] > 1 and curve[-1] < 1e-6
    np.testing.assert_allclose(np.cov(moved.T), np.cov(target.T), rtol=1e-3, atol=1e-3)
    theirs = torch.distributions.kl_divergence(
        *[
            torch.distributions.MultivariateNormal(torch.tensor(part.mean(0)), torch.tensor(np.cov(part.T)))
            for part in (source, target)
        ]
    )
    ours = call("matching", "gaussian_kl", source.mean(0), np.cov(source.T), target.mean(0), np.cov(target.T))
    assert ours == pytest.approx(float(theirs))


def test_the_gradient_of_mmd_is_that_of_autograd() -> None:
    source, target = samples(4)
    points, others = torch.tensor(source, requires_grad=True), torch.tensor(target)

    def mean(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return torch.exp(-((a[:, None] - b[None]) ** 2).sum(-1) / (2 * 1.7**2)).mean()

    value = mean(points, points) + mean(others, others) - 2 * mean(points, others)
    value.backward()  # type: ignore[no-untyped-call]
    assert call("matching", "mmd2", source, target, 1.7) == pytest.approx(value.item())
    assert points.grad is not None
    np.testing.assert_allclose(call("matching", "mmd_gradient", source, target, 1.7), points.grad.numpy(), atol=1e-12)


def test_descent_on_mmd_goes_down() -> None:
    moved, curve = call("matching", "minimise_mmd", *samples(5), steps=150)
    assert curve[-1] < 0.05 * curve[0] and moved.shape == (80, 3)


def test_transport_is_the_cheapest_pairing() -> None:
    rng = np.random.default_rng(6)
    source, target = rng.normal(size=(6, 2)), rng.normal(size=(6, 2))
    moved = call("matching", "transport", source, target)
    cost = cdist(source, target, "sqeuclidean")
    cheapest = min(sum(cost[row, column] for row, column in enumerate(order)) for order in itertools.permutations(range(6)))
    assert ((moved - source) ** 2).sum() == pytest.approx(cheapest)
    assert sorted(map(tuple, moved)) == sorted(map(tuple, target))


def test_energy_distance_is_scipys() -> None:
    rng = np.random.default_rng(7)
    a, b = rng.normal(size=50), rng.normal(1, 2, size=70)
    ours = call("matching", "energy_distance", a[:, None], b[:, None])
    assert ours == pytest.approx(stats.energy_distance(a, b) ** 2)
    assert call("matching", "told_apart", a[:, None], a[:, None] + 100) == 1.0


def test_every_way_brings_unseen_points_closer() -> None:
    table = call("matching", "compare", *call("matching", "three_samples", 0, size=120))
    before = table.pop("as it is")
    assert len(table) == 6
    for name, after in table.items():
        assert after["energy"] < 0.2 * before["energy"], name
        assert after["told_apart"] < before["told_apart"] - 0.1, name
    assert table["transport"]["energy"] < table["standardize"]["energy"], "a bend is beyond a shift and a stretch"


# Kolmogorov-Arnold networks


def test_the_splines_are_scipys_and_add_up_to_one() -> None:
    layer = CODE.function("kan", "KANLayer")(2, 3)
    x = torch.linspace(-1.99, 1.99, 57)
    ours = call("kan", "bsplines", x, layer.knots)
    theirs = BSpline.design_matrix(x.double().numpy(), layer.knots.double().numpy(), 3).toarray()
    np.testing.assert_allclose(ours.numpy(), theirs, atol=1e-5)
    np.testing.assert_allclose(ours.sum(-1).numpy(), 1.0, atol=1e-5)


def test_parameters_are_counted_and_equal() -> None:
    network = call("kan", "kan", [4, 6, 3], grid=5)
    parameters = call("kan", "count", network)
    assert parameters == (4 * 6 + 6 * 3) * (5 + 3 + 1)
    twin = call("kan", "equal_mlp", 4, 3, parameters)
    assert abs(call("kan", "count", twin) - parameters) < 0.1 * parameters


def test_both_networks_learn_the_formula_and_the_spline_wins_here() -> None:
    train, test = call("kan", "formula", 800, 0), call("kan", "formula", 400, 1)
    spread = float(test[1].std())
    rows = [call("kan", "compare", train, test, [2, 5, 1], seed, steps=400) for seed in range(2)]
    for row in rows:
        assert row["kan"]["score"] < 0.3 * spread and row["mlp"]["score"] < 0.8 * spread
        assert min(row["kan"]["seconds"], row["mlp"]["seconds"]) > 0
    assert all(row["kan"]["score"] < row["mlp"]["score"] for row in rows)


def test_classes_are_learned_too() -> None:
    inputs = torch.randn(400, 5, generator=torch.Generator().manual_seed(0))
    labels = (inputs[:, 0] * inputs[:, 1] > 0).long()
    found = call("kan", "compare", (inputs[:300], labels[:300]), (inputs[300:], labels[300:]), [5, 8, 2], steps=300)
    assert found["kan"]["score"] > 0.8


# Architecture search


def rings(n: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Two classes by radius, and three columns of noise: a network too narrow or too slow does not learn it."""
    points = torch.randn(n, 5, generator=torch.Generator().manual_seed(seed))
    return points, (points[:, :2].norm(dim=1) > 1.18).long()


@pytest.mark.parametrize("way", WAYS)
def test_a_search_keeps_its_budget_and_is_decided_by_its_seed(way: str) -> None:
    data = rings(150, 0), rings(100, 1), rings(200, 2)
    found, again = (call("search", "search", way, *data, budget=40, epochs=8, seed=3) for _ in range(2))
    assert found == again
    assert found["epochs"] == 40 and found["curve"] == sorted(found["curve"])
    assert found["validation"] == found["curve"][-1] > 0.6 and found["test"] > 0.55


def test_halving_tries_more_networks_for_the_same_epochs() -> None:
    data = rings(150, 0), rings(100, 1), rings(200, 2)
    tried = {way: call("search", "search", way, *data, budget=64, epochs=8)["networks"] for way in WAYS}
    assert tried["random"] == tried["evolution"] == 8 < tried["halving"]


def test_an_unknown_way_is_named() -> None:
    with pytest.raises(CodeRaised) as caught:
        call("search", "search", "grid", rings(10, 0), rings(10, 1), rings(10, 2))
    assert "got the way 'grid', wanted one of random, evolution, halving" in caught.value.detail
