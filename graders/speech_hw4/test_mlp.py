"""Hidden checks of the network's parts: every function against the reference on random input."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from graders.kit import check, ensure, equal, same
from graders.kit.proxy import Proxy
from graders.speech_hw4.inputs import Params, layers, observed, random_network, random_sample

SHAPES = ((5, 4, 4, 4), (12, 11, 10), (7, 9, 4, 3), (6, 3, 8, 5, 4))  # the first has square layers behind the first one
ACTIVATIONS = ("bipolar", "relu")


@check("q2.activations")
def test_activations(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Both activations and their slopes: random input, input so large that neurons saturate, arrays of any shape."""
    for z in (rng.normal(0, 3, size=25), rng.normal(0, 2, size=(3, 7)), np.array([-800.0, -40.0, -12.0, 0.5, 12.0, 40.0, 800.0])):
        for name in ("bipolar", "bipolar_derivative", "relu", "relu_derivative"):
            same(getattr(student.mlp, name), getattr(right.mlp, name), z)


@check("q2.designs")
def test_designs(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Widths, numbers of parameters and targets for inputs of any width and any number of classes."""
    for design in ("one", "two_equal", "two_wide", "two_narrow"):
        for n_inputs, n_outputs in ((12, 10), (37, 10), (1153, 10), (25, 4)):
            sizes = same(student.mlp.layer_sizes, right.mlp.layer_sizes, n_inputs, n_outputs, design)
            same(student.mlp.count_parameters, right.mlp.count_parameters, [int(size) for size in sizes])
    for activation in ACTIVATIONS:
        same(student.mlp.targets, right.mlp.targets, rng.integers(0, 7, size=12), 7, activation)


@check("q2.initialize")
def test_initialize(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """The deviation of the first weights in each layer, zero biases, and the same network for the same seed."""
    sizes = [400, 150, 300, 10]
    for activation in ACTIVATIONS:
        params = layers(student.mlp.initialize(sizes, activation, 5), sizes, "initialize")
        for layer, (n_in, n_out) in zip(params, pairwise(sizes), strict=True):
            std = float(np.std(layer["W"]))
            same(observed(std, "initialize: deviation of W"), right.mlp.weight_scale, n_in, n_out, activation, rtol=0.05)
            centre = abs(float(np.mean(layer["W"])))
            ensure(centre < 6 * std / np.sqrt(n_in * n_out), "The weights of a layer should be centred on 0.", got=centre)
            equal(layer["b"], np.zeros(n_out), what="the first biases")
        equal(student.mlp.initialize(sizes, activation, 5), params, what="a second network from the same seed")
        other = layers(student.mlp.initialize(sizes, activation, 6), sizes, "initialize")
        ensure(
            not np.allclose(other[0]["W"], params[0]["W"]), "Another seed gives the same weights; the seed should decide them."
        )


@check("q2.forward")
def test_forward(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """z and a of every layer, for one to three hidden layers of different widths, both activations."""
    for activation in ACTIVATIONS:
        for sizes in SHAPES:
            x, _ = random_sample(rng, sizes[0], sizes[-1], activation)
            same(student.mlp.forward, right.mlp.forward, random_network(rng, sizes), x, activation)


@check("q2.gradient")
def test_gradient(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """The gradient of L = 1/2 sum (a - t)^2 by every weight and bias, for random networks, saturated ones included."""
    for activation in ACTIVATIONS:
        for sizes in SHAPES:
            x, target = random_sample(rng, sizes[0], sizes[-1], activation)
            same(student.mlp.gradients, right.mlp.gradients, random_network(rng, sizes), x, target, activation)
    sizes = SHAPES[1]
    x, target = random_sample(rng, sizes[0], sizes[-1], "bipolar")
    loud = [{name: 3 * value for name, value in layer.items()} for layer in random_network(rng, sizes)]
    same(student.mlp.gradients, right.mlp.gradients, loud, x, target, "bipolar")
    _against_differences(student, right, random_network(rng, (12, 11, 10)), rng)


def _against_differences(student: Proxy, right: Proxy, params: Params, rng: np.random.Generator) -> None:
    """The same without the reference's back-propagation: its forward pass alone, moved by a little to both sides."""
    x, target = random_sample(rng, 12, 10, "bipolar")
    got = layers(student.mlp.gradients(params, x, target, "bipolar"), [12, 11, 10], "gradients")
    step = 1e-5
    for number, layer in enumerate(params):
        row, column = rng.integers(layer["W"].shape[0]), rng.integers(layer["W"].shape[1])
        losses = []
        for sign in (1, -1):
            moved = [dict(each) for each in params]
            moved[number]["W"] = layer["W"].copy()
            moved[number]["W"][row, column] += sign * step
            output = np.asarray(right.mlp.forward(moved, x, "bipolar")["a"][-1])
            losses.append(0.5 * float(np.sum((output - target) ** 2)))
        slope = (losses[0] - losses[1]) / (2 * step)
        scale = float(np.abs(got[number]["W"]).max())
        equal(float(got[number]["W"][row, column]), slope, what=f"dL/dW of layer {number + 1}", atol=1e-4 * scale + 1e-7)


@check("q2.decision")
def test_decision(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Softmax of one clip and of many, with scores of any size; the mean squared error; the recognised classes."""
    for z in (rng.normal(0, 2, size=10), rng.normal(0, 3, size=(6, 5)), 400 * rng.normal(size=(4, 10)) + 800):
        same(student.mlp.softmax, right.mlp.softmax, z)
    for shape in ((8, 10), (10,)):
        same(student.mlp.mse, right.mlp.mse, rng.normal(size=shape), rng.normal(size=shape))
    for activation in ACTIVATIONS:
        params = random_network(rng, (12, 9, 10))
        same(student.mlp.predict, right.mlp.predict, params, 2 * rng.normal(size=(40, 12)), activation)


@check("q2.accuracy")
def test_accuracy(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Accuracy of each class and over all clips, with classes of different size and one without a clip."""
    labels = rng.choice(8, size=120, p=(0.3, 0.2, 0.15, 0.15, 0.1, 0.06, 0.04, 0.0))
    predictions = np.where(rng.random(120) < 0.6, labels, rng.integers(0, 8, size=120))
    same(student.mlp.per_class_accuracy, right.mlp.per_class_accuracy, labels, predictions, 8)
    same(student.mlp.mean_accuracy, right.mlp.mean_accuracy, labels, predictions)
