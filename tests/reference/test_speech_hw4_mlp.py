"""The reference's network against torch's autograd, scikit-learn, figures of the course, and a training loop written out naively."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, mean_squared_error, recall_score

from graders.kit.loading import CodeFolder

REFERENCE = Path(__file__).parents[2] / "reference" / "speech_hw4"
CODE = CodeFolder.read(REFERENCE)


def call(name: str, *args: Any) -> Any:
    return CODE.call("mlp", name, args)


def network(sizes: list[int], seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    return [{"W": rng.normal(size=pair), "b": rng.normal(size=pair[1])} for pair in pairwise(sizes)]


def torch_loss(params: Any, x: Any, target: Any, activation: str) -> torch.Tensor:
    """L = 1/2 sum (a - t)^2, with the textbook form of the bipolar sigmoid."""
    a = torch.tensor(x)
    for number, layer in enumerate(params, start=1):
        z = a @ layer["W"] + layer["b"]
        linear_or_relu = z if number == len(params) else torch.relu(z)
        a = 2 / (1 + torch.exp(-z)) - 1 if activation == "bipolar" else linear_or_relu
    return 0.5 * ((a - torch.tensor(target)) ** 2).sum()


@pytest.mark.parametrize("activation", ["bipolar", "relu"])
@pytest.mark.parametrize("sizes", [[12, 11, 10], [12, 8, 6, 10], [5, 5, 5, 5], [4, 7, 3, 6, 2]])
def test_gradients_are_autograds(sizes: list[int], activation: str) -> None:
    rng = np.random.default_rng(1)
    params, x, target = network(sizes), rng.normal(size=sizes[0]), rng.normal(size=sizes[-1])
    leaves = [{name: torch.tensor(values, requires_grad=True) for name, values in layer.items()} for layer in params]
    torch_loss(leaves, x, target, activation).backward()
    for got, leaf in zip(call("gradients", params, x, target, activation), leaves, strict=True):
        for name in ("W", "b"):
            assert leaf[name].grad is not None
            np.testing.assert_allclose(got[name], leaf[name].grad.numpy(), atol=1e-13, rtol=1e-12)


@pytest.mark.parametrize("name", ["bipolar", "relu"])
def test_slopes_are_autograds(name: str) -> None:
    z = torch.linspace(-9, 9, 50, dtype=torch.float64, requires_grad=True)
    value = 2 / (1 + torch.exp(-z)) - 1 if name == "bipolar" else torch.relu(z)
    value.sum().backward()
    assert z.grad is not None
    np.testing.assert_allclose(call(name, z.detach().numpy()), value.detach().numpy(), atol=1e-15)
    np.testing.assert_allclose(call(f"{name}_derivative", z.detach().numpy()), z.grad.numpy(), atol=1e-15)


def test_saturation_does_not_overflow() -> None:
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_array_equal(call("bipolar", np.array([-1e4, 1e4])), [-1, 1])
        np.testing.assert_array_equal(call("bipolar_derivative", np.array([-1e4, 1e4])), [0, 0])
        np.testing.assert_allclose(call("softmax", np.array([1e4, 1e4, -1e4])), [0.5, 0.5, 0])


@pytest.mark.parametrize(
    ("design", "n_inputs", "sizes", "n_parameters"),
    [
        ("one", 12, [12, 11, 10], 263),
        ("two_equal", 12, [12, 11, 11, 10], 395),
        ("two_wide", 12, [12, 8, 6, 10], 228),
        ("two_narrow", 12, [12, 6, 4, 10], 156),
        ("one", 1152, [1152, 581, 10], 675_713),
    ],
)
def test_sizes_of_the_course(design: str, n_inputs: int, sizes: list[int], n_parameters: int) -> None:
    assert call("layer_sizes", n_inputs, 10, design) == sizes
    assert call("count_parameters", sizes) == n_parameters
    assert sum(values.size for layer in call("initialize", sizes, "relu", 0) for values in layer.values()) == n_parameters


@pytest.mark.parametrize(("activation", "variance"), [("bipolar", lambda i, o: 2 / (i + o)), ("relu", lambda i, o: 2 / i)])
def test_first_weights(activation: str, variance: Any) -> None:
    for layer in call("initialize", [500, 200, 700], activation, 3):
        assert np.var(layer["W"]) == pytest.approx(variance(*layer["W"].shape), rel=0.02)
        assert not layer["b"].any()


def test_targets() -> None:
    np.testing.assert_array_equal(call("targets", [1, 0], 3, "bipolar"), [[-1, 1, -1], [1, -1, -1]])
    np.testing.assert_array_equal(call("targets", [1, 0], 3, "relu"), [[0, 1, 0], [1, 0, 0]])


def test_softmax_and_mse() -> None:
    rng = np.random.default_rng(4)
    scores, other = rng.normal(0, 30, size=(6, 10)), rng.normal(size=(6, 10))
    np.testing.assert_allclose(call("softmax", scores), torch.softmax(torch.tensor(scores), dim=-1).numpy(), atol=1e-15)
    np.testing.assert_allclose(call("softmax", scores[0]), call("softmax", scores)[0])
    assert call("mse", scores, other) == pytest.approx(mean_squared_error(scores, other))


def test_accuracies_are_scikit_learns() -> None:
    rng = np.random.default_rng(5)
    labels, predictions = rng.integers(0, 6, size=90), rng.integers(0, 6, size=90)
    wanted = recall_score(labels, predictions, labels=list(range(7)), average=None, zero_division=0)
    np.testing.assert_allclose(call("per_class_accuracy", labels, predictions, 7), wanted)
    assert call("mean_accuracy", labels, predictions) == pytest.approx(accuracy_score(labels, predictions))


def naive_train(params: Any, inputs: Any, labels: Any, activation: str, orders: list[Any], rate: float) -> tuple[Any, Any, Any]:
    """Online descent by autograd, one clip at a time."""
    leaves = [{name: torch.tensor(values, requires_grad=True) for name, values in layer.items()} for layer in params]
    mse, accuracy = [], []
    for order in orders:
        errors, hits = 0.0, 0
        for i in order:
            target = np.full(10, -1.0 if activation == "bipolar" else 0.0)
            target[labels[i]] = 1.0
            loss = torch_loss(leaves, inputs[i], target, activation)
            scores = [torch_loss(leaves, inputs[i], np.eye(10)[k], activation).item() for k in range(10)]
            errors, hits = errors + 2 * loss.item() / 10, hits + (int(np.argmin(scores)) == labels[i])
            loss.backward()
            with torch.no_grad():
                for layer in leaves:
                    for values in layer.values():
                        assert values.grad is not None
                        values -= rate * values.grad
                        values.grad = None
        mse.append(errors / len(order))
        accuracy.append(hits / len(order))
    return [{name: values.detach().numpy() for name, values in layer.items()} for layer in leaves], mse, accuracy


@pytest.mark.parametrize(
    ("design", "activation"), [("one", "bipolar"), ("one", "relu"), ("two_wide", "relu"), ("two_narrow", "bipolar")]
)
def test_training_is_the_naive_loop(design: str, activation: str) -> None:
    rng = np.random.default_rng(6)
    inputs, labels = rng.normal(size=(25, 12)), rng.integers(0, 10, size=25)
    got = call("train", inputs, labels, design, activation, 3, 0.05, 8)
    sizes = call("layer_sizes", 12, 10, design)
    order_rng = np.random.default_rng([8, 1])
    orders = [order_rng.permutation(25) for _ in range(3)]
    params, mse, accuracy = naive_train(call("initialize", sizes, activation, 8), inputs, labels, activation, orders, 0.05)
    for layer, wanted in zip(got["params"], params, strict=True):
        np.testing.assert_allclose(layer["W"], wanted["W"], atol=1e-12)
        np.testing.assert_allclose(layer["b"], wanted["b"], atol=1e-12)
    np.testing.assert_allclose(got["mse"], mse)
    np.testing.assert_allclose(got["accuracy"], accuracy)


def test_training_is_decided_by_its_seed() -> None:
    rng = np.random.default_rng(7)
    inputs, labels = rng.normal(size=(30, 12)), rng.integers(0, 10, size=30)
    one, two, other = (call("train", inputs, labels, "one", "relu", 2, 0.02, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one["params"][0]["W"], two["params"][0]["W"])
    assert one["mse"] == two["mse"] != other["mse"]


def test_a_step_leaves_the_network_it_was_given_alone() -> None:
    params, x, target = network([4, 3, 2]), np.ones(4), np.zeros(2)
    before = [{name: values.copy() for name, values in layer.items()} for layer in params]
    after = call("sgd_step", params, x, target, "relu", 0.1)
    gradient = call("gradients", params, x, target, "relu")
    for kept, layer, slope, moved in zip(before, params, gradient, after, strict=True):
        for name in ("W", "b"):
            np.testing.assert_array_equal(kept[name], layer[name])
            np.testing.assert_allclose(moved[name], kept[name] - 0.1 * slope[name])


def test_predict_takes_the_largest_output() -> None:
    params = [{"W": np.eye(3), "b": np.zeros(3)}]
    np.testing.assert_array_equal(call("predict", params, np.array([[0.1, 0.9, 0.2], [3.0, -1.0, 2.0]]), "relu"), [1, 0])
