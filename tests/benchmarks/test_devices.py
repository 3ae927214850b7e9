"""Nothing stays behind on the CPU when the data lie on another device: rehearsed on torch's "meta" device, which has shapes but no numbers.

As on a GPU, an operation on tensors of two devices is an error there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from benchmarks.engine.batched import Learner, Replicas, judge_together
from benchmarks.engine.course_code import functions
from benchmarks.engine.designs import DESIGNS
from benchmarks.engine.networks import Data, Draws, Masked, Schedule, build
from benchmarks.tasks import frames
from graders.kit.loading import CodeFolder

ROOT = Path(__file__).parents[2]
DEVICE = "meta"


@pytest.fixture(autouse=True)
def _what_meta_lacks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No generator, no autocast, no fused optimiser on "meta"."""
    plain = torch.optim.AdamW
    monkeypatch.setattr(torch, "autocast", lambda *_, **__: nullcontext())
    monkeypatch.setattr(torch.optim, "AdamW", lambda *given, **more: plain(*given, **(more | {"fused": False})))
    yield


def test_two_devices_in_one_operation_are_an_error_here() -> None:
    with pytest.raises(RuntimeError):
        torch.zeros(2, 3, device=DEVICE) + torch.zeros(2, 3)


@pytest.mark.parametrize(
    ("name", "shape"), [("lstm_64_64", (7, 3)), ("bilstm_128", (7, 3)), ("cnn_two", (1, 64, 64)), ("cnn_lstm", (1, 64, 64))]
)
def test_seed_batched_training(name: str, shape: tuple[int, ...]) -> None:
    networks = [build(DESIGNS[name], shape, seed) for seed in range(3)]
    x, y = np.zeros((40, *shape), dtype=np.float32), np.zeros(40, dtype=np.int64)
    learner = Learner(Replicas(networks), Data(x, y, x, y, x), Schedule(1, 1e-3, 16), DEVICE, None)
    order, masks = zip(*(Draws(seed, 40, one).epoch() for seed, one in enumerate(networks)), strict=True)
    layers = [torch.stack(layer)[:, :16].to(DEVICE) for layer in zip(*masks, strict=True)]
    assert len(layers) == sum(isinstance(one, Masked) for one in networks[0].modules())
    learner.step(torch.stack(order)[:, :16].to(DEVICE), *layers)
    assert learner.losses.device.type == learner.hits.device.type == DEVICE
    assert all(weight.grad is not None and weight.grad.device.type == DEVICE for weight in learner.model.parameters())
    with pytest.raises(NotImplementedError, match="meta"):  # the numbers themselves, at the very end
        judge_together(learner.model, learner.inputs)


def test_frames_with_context(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoGenerator:
        def __init__(self, device: str) -> None:
            assert device == DEVICE

        def manual_seed(self, seed: int) -> None:
            return None

    monkeypatch.setattr(torch, "Generator", NoGenerator)
    table, model = frames.made(5000, 0, 20, DEVICE), frames.network(20, DEVICE)
    frames.epoch(table, model, torch.optim.Adam(model.parameters()), 1024, DEVICE)
    assert all(weight.grad is not None for weight in model.parameters())


def test_phonemes() -> None:
    code: Any = functions("ml_hw5", "phonemes")
    rng = np.random.default_rng(0)
    utterances = [rng.normal(size=(count, 28)).astype(np.float32) for count in (30, 50, 41)]
    labels = [rng.integers(0, 42, len(one)) for one in utterances]
    data, wanted = code.Resident(utterances, 2, DEVICE), code.targets(labels, DEVICE)
    model = code.build("mlp", (5, 28), 42).to(DEVICE)
    items = model.items(data, 32, torch.Generator().manual_seed(0))
    code.run_epoch(model, data, wanted, torch.optim.Adam(model.parameters()), items)
    assert code.logits(model, data).shape == (121, 42)


@pytest.mark.parametrize("attention", [False, True])
def test_whispers_training(attention: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    # transformers looks whether rows hold several texts, by their numbers
    monkeypatch.setattr("transformers.masking_utils.find_packed_sequence_indices", lambda *_: None, raising=False)
    code = CodeFolder.read(ROOT / "reference" / "speech_hw5")
    own = code.call("whisper_checkpoint", "load_fresh", (ROOT / "assignments" / "speech_hw5" / "checkpoint",), {})
    model = own.model.to(DEVICE)
    model.set_attn_implementation("eager" if attention else "sdpa")
    training: Any = code.load("whisper_training")
    examples = code.load("whisper_data").Examples(
        torch.zeros(8, 80, 300, dtype=torch.float16), torch.arange(8), torch.full((8, 12), 5)
    )
    stepper = training.Stepper(model, training.Schedule(4, 4, 1e-3), 0, torch.device(DEVICE))
    places = stepper.order(8)[:4]
    loss, answer = training.forward(model, examples.to(torch.device(DEVICE)), places, stepper, attention=attention)
    if attention:
        labels, lengths = examples.labels[places].to(DEVICE), torch.full((4,), 100.0, device=DEVICE)
        loss = loss + code.load("whisper_pretrain").straying(answer.cross_attentions, labels, lengths)
    loss.backward()
    assert loss.device.type == DEVICE and all(weight.grad is not None for weight in model.parameters() if weight.requires_grad)
