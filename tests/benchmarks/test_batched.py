"""Replica i of a batch is what training seed i alone gives; the recurrence equals torch's own LSTM, gradients too."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from benchmarks.engine import batched, recurrence
from benchmarks.engine.batched import train_together
from benchmarks.engine.course_code import functions
from benchmarks.engine.designs import (
    DESIGNS,
    Lstm,
    perceptron,
)
from benchmarks.engine.limits import operations
from benchmarks.engine.machine import observed
from benchmarks.engine.networks import Data, Recurrent, Schedule, build, count, train_alone
from benchmarks.engine.recurrence import recur
from benchmarks.engine.replay import Replayed

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


class StandIn:
    """Records as CUDA graphs do: nothing is done while recording, and a replay reads and writes the memory of that moment only."""

    def __init__(self) -> None:
        self.memory: list[Callable[[], list[int]]] = []
        self.warmed, self.recorded = 0, 0

    def warm(self, work: Callable[[], None]) -> None:
        self.warmed += 1
        work()

    def record(self, work: Callable[[], None]) -> Callable[[], None]:
        self.recorded += 1
        (where,) = self.memory
        then = where()

        def replay() -> None:
            assert where() == then, "something that the step changes lies elsewhere now"
            work()

        return replay


@pytest.mark.parametrize("name", ["lstm_64_64", "cnn_lstm", "mlp"])
def test_replayed_steps_learn_what_launched_ones_do(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """38 examples in batches of 16 are two shapes of step: 16 and 6."""
    data, schedule = toy(SHAPES[name[:3]]), Schedule(5, 1e-3, 16)
    wanted = train_together(ALL[name], data, schedule, [0, 5])
    stand_in = StandIn()

    class Watched(batched.Learner):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            stand_in.memory.append(self.where)

        def where(self) -> list[int]:
            moments = [value for state in self.optimiser.state.values() for value in state.values()]
            held = [*self.model.parameters(), *self.model.buffers(), *moments, self.inputs, self.labels, self.losses, self.hits]
            return [one.data_ptr() for one in held]

    monkeypatch.setattr(batched, "Learner", Watched)
    monkeypatch.setattr(batched, "recorder", lambda device: stand_in)
    found = train_together(ALL[name], data, schedule, [0, 5])
    assert (stand_in.warmed, stand_in.recorded) == (6, 2)
    assert [one.steps for one in found] == ["9 of 15 replayed as one graph"] * 2
    for one, other in zip(found, wanted, strict=True):
        assert one.curves == other.curves
        np.testing.assert_array_equal(one.probabilities, other.probabilities)
        assert other.steps == "launched one by one"


def test_a_step_that_cannot_be_recorded_is_launched() -> None:
    class Broken(StandIn):
        def record(self, work: Callable[[], None]) -> Callable[[], None]:
            raise RuntimeError("operation not permitted when stream is capturing\nand more")

    total = torch.zeros(2)

    def add(x: torch.Tensor) -> None:
        total.add_(x)

    step = Replayed(add, Broken())
    with pytest.warns(UserWarning, match="cannot be recorded"):
        for _ in range(8):
            step(torch.ones(2))
    assert total.tolist() == [8, 8] and "not permitted" in step.path and "\n" not in step.path


def test_replays_read_their_own_copies_of_the_inputs() -> None:
    seen: list[tuple[int, float]] = []
    stand_in = StandIn()
    stand_in.memory.append(list)
    step = Replayed(lambda x: seen.append((x.data_ptr(), float(x))), stand_in)
    given = [torch.tensor(float(number)) for number in range(7)]
    for one in given:
        step(one)
    assert [value for _, value in seen] == list(range(7))
    assert len({place for place, _ in seen[3:]}) == 1 and seen[3][0] != given[3].data_ptr()
    assert step.replays == 4


@pytest.mark.skipif(shutil.which("g++") is None, reason="not run here: torch.compile needs g++")
def test_the_compiled_step_is_the_plain_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a GPU runs, compiled for the CPU: values, gradients, the proof of the path, and other shapes without compiling anew."""
    torch.manual_seed(0)
    given = [torch.randn(3, 4, 6, 5), torch.randn(3, 28, 5), torch.randn(3, 28, 7), torch.randn(3, 28)]

    def learn() -> list[torch.Tensor]:
        leaves = [one.clone().requires_grad_() for one in given]
        out = recur(*leaves)
        out.square().sum().backward()
        return [out.detach(), *(one.grad for one in leaves)]

    wanted = learn()
    monkeypatch.setattr(recurrence, "COMPILED_ON", ("cpu",))
    recurrence._steps.cache_clear()
    made = torch._dynamo.utils.counters["frames"]
    try:
        before = made["ok"]
        assert recurrence._steps("cpu") != (recurrence._step, recurrence._step_back)
        for one, other in zip(learn(), wanted, strict=True):
            torch.testing.assert_close(one, other)
        assert observed(learn, "cpu")["compiled"] == "yes"
        for s, b, h in ((5, 6, 8), (8, 8, 8), (32, 9, 16), (2, 24, 3)):
            recur(
                *(torch.randn(*shape).requires_grad_() for shape in ((s, b, 4, 5), (s, 4 * h, 5), (s, 4 * h, h), (s, 4 * h)))
            ).sum().backward()
        assert made["ok"] - before <= 8, "torch gives up after eight for each of the two rows"
    finally:
        recurrence._steps.cache_clear()
    monkeypatch.undo()
    assert observed(learn, "cpu")["compiled"] == "no"


def test_without_a_compiler_steps_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("Python.h: No such file or directory")

    monkeypatch.setattr(recurrence, "COMPILED_ON", ("cpu",))
    monkeypatch.setattr(torch, "compile", lambda *_, **__: broken)
    recurrence._steps.cache_clear()
    try:
        with pytest.warns(UserWarning, match=r"RuntimeError: Python\.h.*launch more kernels"):
            assert recurrence._steps("cpu") == (recurrence._step, recurrence._step_back)
    finally:
        recurrence._steps.cache_clear()


def test_operations_of_the_recurrence_are_counted() -> None:
    """Products written into their place count too: (S, B, H) by (S, H, 4H) at each time, twice that on the way back."""
    s, b, t, d, h = 2, 3, 5, 4, 6
    given = [torch.randn(s, b, t, d), torch.randn(s, 4 * h, d), torch.randn(s, 4 * h, h), torch.randn(s, 4 * h)]
    leaves = [one.requires_grad_() for one in given]
    once = 2 * s * b * t * (4 * h) * (h + d)
    assert operations(lambda: recur(*leaves).sum().backward()) == 3 * once


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
