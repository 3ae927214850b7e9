"""Replica i of a batch is what training seed i alone gives; the recurrence equals torch's own LSTM, gradients too."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from benchmarks.engine.batched import train_together
from benchmarks.engine.course_code import functions
from benchmarks.engine.designs import (
    DESIGNS,
    Lstm,
    perceptron,
)
from benchmarks.engine.networks import Data, Recurrent, Schedule, build, count, train_alone
from benchmarks.engine.recurrence import recur

SHAPES = {"cnn": (1, 24, 22), "lst": (7, 3), "bil": (7, 3), "mlp": (11,)}
ALL = {**DESIGNS, "mlp": perceptron(16, 10)}


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def toy(shape: tuple[int, ...], kind: type = np.float32) -> Data:
    random = np.random.default_rng(0)
    x = random.normal(size=(50, *shape)).astype(kind)
    y = random.integers(0, 10, 50)
    return Data(x[:38], y[:38], x[38:], y[38:], x[30:])


@pytest.mark.parametrize(("exact", "epochs"), [(True, 3), (False, 1)], ids=["float64", "float32"])
@pytest.mark.parametrize("name", ALL)
def test_each_replica_is_its_own_single_run(name: str, exact: bool, epochs: int) -> None:
    """To rounding: in double precision over nine steps, in single precision over three.

    Adam's first step has the length of the learning rate whatever the gradient: where a convolution's gradient is nothing but rounding,
    single precision decides its sign, so weights may differ by that length.
    """
    tolerance = 1e-9 if exact else 3e-3 if name.startswith("cnn") else 1e-4
    data, schedule = toy(SHAPES[name[:3]], np.float64 if exact else np.float32), Schedule(epochs, 1e-3, 16)
    torch.set_default_dtype(torch.float64 if exact else torch.float32)
    try:
        together = train_together(ALL[name], data, schedule, [0, 5, 9])
        alone = [train_alone(ALL[name], data, schedule, seed) for seed in (0, 5, 9)]
    finally:
        torch.set_default_dtype(torch.float32)
    for replica, single in zip(together, alone, strict=True):
        np.testing.assert_allclose(replica.probabilities, single.probabilities, atol=tolerance)
        for curve in ("loss", "accuracy", "validation_loss", "validation_accuracy"):
            np.testing.assert_allclose(replica.curves[curve], single.curves[curve], atol=tolerance)
    assert np.abs(together[0].probabilities - together[1].probabilities).max() > 1e-3, "seeds should differ"


def test_learning_lowers_the_loss() -> None:
    data = toy((7, 3))
    for trained in train_together(DESIGNS["lstm_64_64"], data, Schedule(15, 3e-3, 16), [0, 1]):
        assert trained.curves["loss"][-1] < 0.8 * trained.curves["loss"][0]


@pytest.mark.parametrize("both_ways", [False, True])
def test_the_recurrence_is_torchs_lstm_gradients_too(both_ways: bool) -> None:
    torch.manual_seed(0)
    single = Recurrent(3, Lstm(5, both_ways)).double()
    for value in single.parameters():
        value.data.normal_()
    for name, value in single.lstm.named_parameters():
        if name.startswith("bias_hh"):
            value.data.zero_()
    x = torch.randn(4, 6, 3, dtype=torch.float64, requires_grad=True)
    wanted, _ = single.lstm(x)
    wanted[:, :, :5].square().sum().backward()
    weights = [
        getattr(single.lstm, f"{kind}_l0").detach()[None].requires_grad_() for kind in ("weight_ih", "weight_hh", "bias_ih")
    ]
    again = x.detach()[None].requires_grad_()
    got = recur(again, *weights)
    got.square().sum().backward()
    torch.testing.assert_close(got[0], wanted[:, :, :5])
    torch.testing.assert_close(again.grad[0], x.grad)
    for kind, weight in zip(("weight_ih", "weight_hh", "bias_ih"), weights, strict=True):
        torch.testing.assert_close(weight.grad[0], getattr(single.lstm, f"{kind}_l0").grad)


@pytest.mark.parametrize("width", [13, 1])
@pytest.mark.parametrize("name", ["lstm_64_64", "lstm_128", "bilstm_64_64", "bilstm_128"])
def test_recurrent_designs_have_the_references_parameters(name: str, width: int) -> None:
    rows = functions("speech_hw5", "lstm").layers(name, (20, width), 10)
    assert count(DESIGNS[name], (20, width)) == sum(row["parameters"] for row in rows)


@pytest.mark.parametrize(
    ("name", "reference", "wanted"), [("cnn_one", "one_block", 1_230_538), ("cnn_two", "two_blocks", 278_954)]
)
def test_convolutional_designs_have_the_courses_parameters(name: str, reference: str, wanted: int) -> None:
    rows = functions("speech_hw4", "cnn").layers(reference, (128, 128, 1), 10)
    assert count(DESIGNS[name], (1, 128, 128)) == sum(row["parameters"] for row in rows) == wanted


def test_a_network_with_the_references_weights_answers_like_it() -> None:
    """Same architecture, not only the same number of weights."""
    folder = functions("speech_hw5", "lstm")
    for name in ("lstm_64_64", "bilstm_64_64"):
        torch.manual_seed(1)
        theirs = folder.Network(name, 3).eval()
        ours = build(DESIGNS[name], (9, 3), 0).eval()
        values = theirs.parameters()
        with torch.no_grad():
            for value in ours.parameters():
                value.copy_(next(values))
        x = torch.randn(5, 9, 3)
        torch.testing.assert_close(ours(x), theirs(x))
