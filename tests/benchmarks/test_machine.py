"""What a record says about machine and kernels is observed; clocks, memory and energy measure, or say why not."""

from __future__ import annotations

import platform
import time

import numpy as np
import pytest
import torch

from benchmarks.engine import machine
from benchmarks.engine.measure import Watch, rapl_joules, repeated, timed
from benchmarks.engine.recurrence import recur
from benchmarks.tasks import frames


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def test_the_path_of_an_lstm_is_told_from_the_operators() -> None:
    single = torch.nn.LSTM(3, 4, batch_first=True)
    x = torch.randn(2, 5, 3)
    fused = machine.observed(lambda: single(x), "cpu")["lstm"]
    assert fused in ("oneDNN LSTM", "ATen loop over time")

    def loop() -> None:
        h = torch.zeros(2, 4)
        for _ in range(5):
            h = torch.sigmoid(h) * torch.tanh(h)

    assert machine.observed(loop, "cpu")["lstm"] == "Python loop over time (5 calls of tanh)"
    assert "lstm" not in machine.observed(lambda: x + 1, "cpu")
    weights = (torch.randn(1, 8, 3), torch.randn(1, 8, 2), torch.zeros(1, 8))
    assert machine.observed(lambda: recur(x[None], *weights), "cpu")["lstm"] == "all seeds in one product per time step"


def test_paths_from_operators_of_a_gpu() -> None:
    found = machine.paths({"aten::lstm": 1, "aten::_cudnn_rnn": 1, "aten::cudnn_convolution": 3, "triton_poi_fused_0": 2})
    assert found == {"lstm": "cuDNN LSTM", "convolution": "cuDNN", "compiled": "yes"}
    assert machine.paths({"aten::_scaled_dot_product_flash_attention": 2})["attention"] == "flash"
    assert machine.paths({})["compiled"] == "no"


def test_attention_is_told() -> None:
    q, k, v = torch.randn(3, 1, 2, 8, 4)
    found = machine.observed(lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v), "cpu")
    assert found["attention"] in ("flash", "math")


def test_the_device_is_described_without_the_machines_name() -> None:
    found = machine.describe("cpu")
    assert found.kind == "cpu" and found.cores >= 1 and (found.memory_mb or 0) > 100 and found.name
    assert platform.node() not in (found.name, found.system)
    assert machine.versions()["python"] == platform.python_version()
    assert machine.kernel("cpu")["torch_threads"] == "1" and machine.kernel("cpu")["blas"]
    assert machine.lacking("cpu", ["numpy"]) == "" and "absent_package" in machine.lacking("cpu", ["absent_package"])


def test_clocks_leave_the_warm_up_out() -> None:
    calls = []

    def work() -> int:
        calls.append(time.sleep(0.05 if not calls else 0.01))
        return len(calls)

    result, timing = repeated(work, 3)
    assert result == 4 and len(timing.seconds) == 3 and timing.warm_up_s is not None
    assert timing.warm_up_s >= 0.05 > 0.0 and min(timing.seconds) >= 0.01 and timing.spread_s is not None
    assert timed(lambda: 7)[0] == 7


def test_memory_and_energy_are_measured_or_a_reason_is_given() -> None:
    with Watch("cpu") as watch:
        held = np.ones(12_000_000)
        time.sleep(0.1)
        del held
    assert watch.memory.peak_mb > watch.memory.before_mb + 60 and watch.memory.device_peak_mb is None
    joules, words = rapl_joules()
    assert words and (watch.energy.joules is None) == (joules is None)
    assert watch.energy.reason if joules is None else watch.energy.source


def test_frames_are_gathered_as_the_data_set_cuts_them() -> None:
    table = frames.made(3000, 1, 20, "cpu")
    dataset = frames.OneByOne(table)
    frames.check(table, dataset, 0)
    window, label = dataset[frames.UTTERANCE]
    assert (
        window.shape == (41 * 28,)
        and not window[: 20 * 28].any()
        and window[20 * 28 :].all()
        and label == table.labels[frames.UTTERANCE]
    )
    dataset.frames = dataset.frames + 1
    with pytest.raises(ValueError, match="differ"):
        frames.check(table, dataset, 0)
