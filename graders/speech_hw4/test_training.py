"""Hidden checks of learning: single updates against the reference, then the student's own training on spoken digits.

Training is never compared weight by weight over many steps, where rounding grows; only a few steps are, and accuracies after that.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from graders.kit import band, check, difference, ensure, equal, same
from graders.kit.proxy import Proxy
from graders.speech_hw4.digits import EXPERIMENTS, Learned, difficulty, flat_features, learn, mean_features, recordings
from graders.speech_hw4.inputs import Array, layers, observed, random_network, random_sample, trained

SIZES = {"one": [12, 11, 10], "two_equal": [12, 11, 11, 10]}
ACTIVATIONS = ("bipolar", "relu")


@check("q2.online")
def test_online(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """One step of a random network; then training on copies of one clip, which must be as many steps as there are copies."""
    for activation in ACTIVATIONS:
        for shape in ((7, 9, 4, 3), (12, 11, 10)):
            x, target = random_sample(rng, shape[0], shape[-1], activation)
            same(student.mlp.sgd_step, right.mlp.sgd_step, random_network(rng, shape), x, target, activation, 0.1)
    for (design, sizes), activation in product(SIZES.items(), ACTIVATIONS):
        inputs, labels = np.tile(rng.normal(size=12), (5, 1)), np.full(5, 3)
        start = layers(student.mlp.initialize(sizes, activation, 1), sizes, "initialize")
        got = student.mlp.train(inputs, labels, design, activation, 2, 0.05, 1)
        arguments = (start, inputs, labels, activation, 2, 0.05, 1)
        if difference(trained(got, sizes, 2), right.mlp.fit(*arguments)["params"], place="train: params"):
            same(observed(got, "train"), right.mlp.fit, *arguments)  # fails here, and names the mistake if it is a known one


@check("q2.order")
def test_order(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Every epoch visits each clip once, in an order of its own."""
    inputs, labels = rng.normal(size=(2, 12)), np.array([2, 7])
    fixed: list[tuple[bool, Any, Any]] = []
    for seed in range(8):
        start = layers(student.mlp.initialize(SIZES["one"], "bipolar", seed), SIZES["one"], "initialize")
        got = student.mlp.train(inputs, labels, "one", "bipolar", 3, 0.2, seed)
        orders = _orders_that_fit(trained(got, SIZES["one"], 3), start, inputs, labels, right)
        arguments = (start, inputs, labels, "bipolar", 3, 0.2, seed)
        if not orders:
            same(observed(got, "train"), right.mlp.fit, *arguments)
        ensure(orders, "The trained network fits no order in which each epoch visits every clip once, one update per clip.")
        if not any(len(set(order)) == 1 for order in orders):
            return
        fixed.append((orders[0][0], got, arguments))
    for _, got, arguments in sorted(fixed, key=lambda row: not row[0]):  # a changed order tells more of a mistake than file order
        same(observed(got, "train"), right.mlp.fit, *arguments)
    ensure(False, "All epochs visit the clips in one and the same order; draw a new order for each epoch.")


def _orders_that_fit(got: Any, start: Any, inputs: Array, labels: Any, right: Proxy) -> list[tuple[bool, ...]]:
    """Which orders of two clips in three epochs lead from `start` to `got`; True is an epoch that begins with the second clip."""
    wanted = right.mlp.targets(labels, 10, "bipolar")
    fitting = []
    for order in product((False, True), repeat=3):
        params = start
        for second_first in order:
            for clip in (1, 0) if second_first else (0, 1):
                params = right.mlp.sgd_step(params, inputs[clip], wanted[clip], "bipolar", 0.2)
        if not difference(got, params):
            fitting.append(order)
    return fitting


@check("q2.curve")
def test_curve(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """With a learning rate of 0 the network stays as it was made, and every epoch reports that network's MSE and accuracy."""
    inputs, labels = rng.normal(size=(20, 12)), rng.integers(0, 10, size=20)
    for activation in ACTIVATIONS:
        got = student.mlp.train(inputs, labels, "one", activation, 3, 0.0, 4)
        params = trained(got, SIZES["one"], 3)
        equal(params, student.mlp.initialize(SIZES["one"], activation, 4), what="the network trained with a learning rate of 0")
        same(observed(got, "train"), right.mlp.fit, params, inputs, labels, activation, 3, 0.0, 4)


@check("q2.learns_flat")
def test_learns_flat(student: Proxy) -> None:
    """From sound to digit with all your own code: features, rows, standardising, training, decision."""
    _award("q2.learns_flat", learn(student, flat_features(student, recordings()), EXPERIMENTS["q2.learns_flat"]))


@check("q2.learns_bipolar")
def test_learns_bipolar(student: Proxy) -> None:
    """Your network with one hidden layer of bipolar sigmoids, trained on mean features that we computed."""
    _award("q2.learns_bipolar", learn(student, mean_features(recordings()), EXPERIMENTS["q2.learns_bipolar"]))


@check("q2.learns_deep")
def test_learns_deep(student: Proxy) -> None:
    """Your network with two hidden ReLU layers, trained on mean features that we computed."""
    _award("q2.learns_deep", learn(student, mean_features(recordings()), EXPERIMENTS["q2.learns_deep"]))


def _award(name: str, learned: Learned) -> None:
    """Points by the accuracy on unseen speakers, if the curve shows learning at all."""
    ensure(learned.mse[-1] < 0.9 * learned.mse[0], "The MSE should fall from the first epoch to the last.", got=learned.mse)
    note = f" ({learned.silent} of the ten digits never recognised)" if learned.silent else ""
    scale = difficulty(name, recordings())
    scaled = "" if scale == 1.0 else f", {learned.accuracy:.3f}, times {scale:.2f} for these harder recordings"
    band(scale * learned.accuracy, f"accuracy on speakers that the network has not heard{note}{scaled}")
