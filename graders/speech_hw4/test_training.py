"""Hidden checks of learning: single updates against the reference, then the student's own training on spoken digits.

Training is never compared weight by weight over many steps, where rounding grows; only a few steps are, and accuracies after that.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from graders.kit import band, check, difference, ensure, equal, same
from graders.kit.proxy import Proxy
from graders.speech_hw4.digits import FRAME_STEP, N_FRAMES, Split, limit, mean_features, recordings
from graders.speech_hw4.inputs import Array, layers, numbers, observed, random_network, random_sample, trained

SIZES = {"one": [12, 11, 10], "two_equal": [12, 11, 11, 10]}
ACTIVATIONS = ("bipolar", "relu")


@check("q2.online")
def test_online(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """One step of a random network; then training on copies of one clip, which must be as many steps as there are copies."""
    for activation in ACTIVATIONS:
        for sizes in ((7, 9, 4, 3), (12, 11, 10)):
            x, target = random_sample(rng, sizes[0], sizes[-1], activation)
            same(student.mlp.sgd_step, right.mlp.sgd_step, random_network(rng, sizes), x, target, activation, 0.1)
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
    reshuffled = False
    for seed in range(8):
        start = layers(student.mlp.initialize(SIZES["one"], "bipolar", seed), SIZES["one"], "initialize")
        got = student.mlp.train(inputs, labels, "one", "bipolar", 3, 0.2, seed)
        orders = _orders_that_fit(trained(got, SIZES["one"], 3), start, inputs, labels, right)
        arguments = (start, inputs, labels, "bipolar", 3, 0.2, seed)
        if not orders:
            same(observed(got, "train"), right.mlp.fit, *arguments)
        ensure(orders, "The trained network fits no order in which each epoch visits every clip once, one update per clip.")
        reshuffled = reshuffled or not any(len(set(order)) == 1 for order in orders)
    if not reshuffled:
        same(observed(got, "train"), right.mlp.fit, *arguments)
    ensure(reshuffled, "All epochs visit the clips in one and the same order; draw a new order for each epoch.")


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
def test_flat(student: Proxy) -> None:
    """From sound to digit with all your own code: features, rows, standardising, training, decision."""
    rows, labels = [], []
    for part in recordings():
        part = limit(part, 2)
        clips = [numbers(student.features.features(clip, part.sample_rate), (-1, 36), "features")[::FRAME_STEP] for clip in part.signals]
        rows.append(numbers(student.features.flatten(clips, N_FRAMES), (len(clips), 36 * N_FRAMES), "flatten"))
        labels.append(part.labels)
    pair = student.features.standardize(*rows)
    ensure(isinstance(pair, list | tuple) and len(pair) == 2, "standardize should return two arrays.", got=pair)
    train, unseen = (numbers(part, np.shape(row), "standardize") for part, row in zip(pair, rows, strict=True))
    _learns(student, Split(train, labels[0], unseen, labels[1]), "one", "relu", epochs=6, learning_rate=0.003)


@check("q2.learns_bipolar")
def test_bipolar(student: Proxy) -> None:
    """Your network with one hidden layer of bipolar sigmoids, trained on mean features that we computed."""
    _learns(student, mean_features(), "one", "bipolar", epochs=10, learning_rate=0.02)


@check("q2.learns_deep")
def test_deep(student: Proxy) -> None:
    """Your network with two hidden ReLU layers, trained on mean features that we computed."""
    _learns(student, mean_features(), "two_equal", "relu", epochs=10, learning_rate=0.01)


def _learns(student: Proxy, data: Split, design: str, activation: str, epochs: int, learning_rate: float) -> None:
    """Train, look at the curve, and award by the accuracy on unseen speakers."""
    got = student.mlp.train(data.train, data.train_labels, design, activation, epochs, learning_rate, 0)
    middle = (data.train.shape[1] + 10) // 2
    params = trained(got, [data.train.shape[1], *[middle] * (1 if design == "one" else 2), 10], epochs)
    curve = numbers(got["mse"], (epochs,), "mse")
    ensure(curve[-1] < 0.9 * curve[0], "The MSE should fall from the first epoch to the last.", got=curve)
    found = numbers(student.mlp.predict(params, data.unseen, activation), data.unseen_labels.shape, "predict")
    never = len(set(range(10)) - set(found.astype(int).tolist()))
    note = f" ({never} digits are never recognised)" if never else ""
    band(float(np.mean(found == data.unseen_labels)), f"accuracy on speakers that the network has not heard{note}")
