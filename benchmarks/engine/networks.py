"""Designs as torch modules, for one seed, trained the plain way: a DataLoader, one batch after the other, one seed after the other.

This is what seed-batched training must equal and what it is measured against. Needs torch: import it inside functions.

Random numbers are drawn on the CPU by generators of the seed (weights, order, dropout), the same on every device and in both ways of
training.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.engine import designs
from benchmarks.engine.designs import Dense, Design, Dropout, Flatten, Lstm, RowsAsTime
from seeds.determinism import derive

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]
JUDGED_AT_ONCE = 128


@dataclass(frozen=True, eq=False)
class Data:
    """Inputs (N, ...) float32 and labels (N,) to learn from, those to validate on after each epoch (M, ...), (M,), and those to answer
    in the end (K, ...)."""

    inputs: FloatArray
    labels: IntArray
    validation_inputs: FloatArray
    validation_labels: IntArray
    test_inputs: FloatArray


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn, with Adam on cross entropy."""

    epochs: int
    learning_rate: float
    batch_size: int = 32


@dataclass(frozen=True, eq=False)
class Trained:
    """What came of one seed: a value per epoch for "loss", "accuracy" (met on the way), "validation_loss" and "validation_accuracy",
    class probabilities of the test inputs (K, C) by the weights of the last epoch, and how the steps of training were launched."""

    curves: dict[str, list[float]]
    probabilities: FloatArray
    steps: str = "launched one by one"


class Recurrent(nn.Module):
    """An LSTM with one bias: the second is held at zero, else Adam would move their sum twice as far."""

    def __init__(self, width: int, layer: Lstm) -> None:
        super().__init__()
        self.layer = layer
        self.lstm = nn.LSTM(width, layer.units, batch_first=True, bidirectional=layer.both_ways)
        for name, value in self.lstm.named_parameters():
            if name.startswith("bias"):
                nn.init.zeros_(value)
                value.requires_grad_(name.startswith("bias_ih"))
            elif name.startswith("weight_ih"):
                nn.init.xavier_uniform_(value)
            else:
                nn.init.orthogonal_(value)
            if name.startswith("bias_ih"):
                nn.init.ones_(value.data[layer.units : 2 * layer.units])  # gates stand in the order input, forget, cell, output

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, D) -> (B, T, W), or (B, W) of the last step of each direction."""
        out, _ = self.lstm(x)
        if not self.layer.last:
            return out  # type: ignore[no-any-return]
        units = self.layer.units
        return torch.cat([out[:, -1, :units], out[:, 0, units:]], dim=1)


class Masked(nn.Module):
    """Dropout by a mask (B, D) that is handed in before each step; nothing is dropped where there is none."""

    def __init__(self, width: int, share: float) -> None:
        super().__init__()
        self.width, self.share = width, share
        self.mask: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        """(B, D) -> (B, D)."""
        return x if self.mask is None else x * self.mask / (1 - self.share)


class ToSequence(nn.Module):
    """A picture as a sequence of its rows."""

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, H, C W)."""
        return x.transpose(1, 2).flatten(2)


def build(design: Design, shape: tuple[int, ...], seed: int) -> nn.Sequential:
    """Make the untrained network of a seed for inputs of `shape` (without the batch)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive(seed, "weights") % 2**63)
        modules: list[nn.Module] = []
        for layer in design:
            made, shape = _module(layer, shape)
            modules += made
    return nn.Sequential(*modules)


def _module(layer: designs.Layer, shape: tuple[int, ...]) -> tuple[list[nn.Module], tuple[int, ...]]:
    """Make one layer, and tell the shape after it."""
    if isinstance(layer, Lstm):
        width = layer.units * (2 if layer.both_ways else 1)
        return [Recurrent(shape[-1], layer)], (width,) if layer.last else (shape[0], width)
    if isinstance(layer, Dense):
        return [nn.Linear(shape[-1], layer.units), *([nn.ReLU()] if layer.relu else [])], (layer.units,)
    if isinstance(layer, Dropout):
        return [Masked(shape[-1], layer.share)], shape
    if isinstance(layer, Flatten):
        return [nn.Flatten()], (int(np.prod(shape)),)
    if isinstance(layer, RowsAsTime):
        return [ToSequence()], (shape[1], shape[0] * shape[2])
    channels, *sides = shape
    sides = [(side - designs.SIDE + 1 - designs.POOL) // designs.STRIDE + 1 for side in sides]
    norm = nn.BatchNorm2d(layer.filters, eps=designs.NORM_EPSILON, momentum=designs.NORM_MOMENTUM)
    pool = nn.MaxPool2d(designs.POOL, designs.STRIDE)
    return [nn.Conv2d(channels, layer.filters, designs.SIDE), nn.ReLU(), pool, norm], (layer.filters, *sides)


def count(design: Design, shape: tuple[int, ...]) -> int:
    """Count numbers as Keras does: all that learning changes, and the running statistics of batch normalisation."""
    network = build(design, shape, 0)
    statistics = sum(buffer.numel() for name, buffer in network.named_buffers() if name.endswith(("mean", "var")))
    return sum(value.numel() for value in network.parameters() if value.requires_grad) + statistics


class Draws:
    """The order of the examples and the dropout masks of one seed, epoch by epoch."""

    def __init__(self, seed: int, examples: int, network: nn.Module) -> None:
        """Begin the streams of a seed."""
        self._examples = examples
        self._layers = [(one.width, one.share) for one in network.modules() if isinstance(one, Masked)]
        self._order = torch.Generator().manual_seed(derive(seed, "order"))
        self._dropout = torch.Generator().manual_seed(derive(seed, "dropout"))

    def epoch(self) -> tuple[Tensor, list[Tensor]]:
        """Give the next epoch's order (N,) and for each dropout layer a mask (N, width), in that order, of 0 and 1."""
        order = torch.randperm(self._examples, generator=self._order)
        masks = [
            (torch.rand(self._examples, width, generator=self._dropout) >= share).to(torch.float32)
            for width, share in self._layers
        ]
        return order, masks


def train_alone(design: Design, data: Data, schedule: Schedule, seed: int, device: str = "cpu") -> Trained:
    """Train one seed the plain way: batches come from a DataLoader in main memory and go to the device one by one."""
    network = build(design, data.inputs.shape[1:], seed).to(device)
    dropouts = [one for one in network.modules() if isinstance(one, Masked)]
    optimiser = torch.optim.Adam([one for one in network.parameters() if one.requires_grad], schedule.learning_rate)
    dataset = torch.utils.data.TensorDataset(torch.from_numpy(data.inputs), torch.from_numpy(data.labels))
    draws = Draws(seed, len(data.labels), network)
    curves: dict[str, list[float]] = {name: [] for name in ("loss", "accuracy", "validation_loss", "validation_accuracy")}
    for _ in range(schedule.epochs):
        order, masks = draws.epoch()
        loader = torch.utils.data.DataLoader(dataset, schedule.batch_size, sampler=order.tolist())
        network.train()
        losses, hits = 0.0, 0
        for step, (x, y) in enumerate(loader):
            x, y = x.to(device), y.to(device)
            for layer, mask in zip(dropouts, masks, strict=True):
                layer.mask = mask[step * schedule.batch_size :][: len(y)].to(device)
            scores = network(x)
            loss = functional.cross_entropy(scores, y)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            losses += loss.item() * len(y)
            hits += int((scores.argmax(1) == y).sum())
        for layer in dropouts:
            layer.mask = None
        told = validation(judge(network, data.validation_inputs, device), data.validation_labels)
        for name, value in zip(curves, (losses / len(order), hits / len(order), *told), strict=True):
            curves[name].append(float(value))
    return Trained(curves, judge(network, data.test_inputs, device))


def judge(network: nn.Module, inputs: FloatArray, device: str) -> FloatArray:
    """Give class probabilities: (M, ...) -> (M, C)."""
    network.eval()
    with torch.no_grad():
        found = [torch.softmax(network(part.to(device)), 1).cpu() for part in _portions(torch.from_numpy(inputs))]
    return np.asarray(torch.cat(found))


def _portions(inputs: Tensor) -> Iterator[Tensor]:
    for start in range(0, len(inputs), JUDGED_AT_ONCE):
        yield inputs[start : start + JUDGED_AT_ONCE]


def validation(probabilities: Any, labels: IntArray) -> tuple[float, float]:
    """Give mean cross entropy and accuracy of probabilities (M, C)."""
    own = np.asarray(probabilities, dtype=np.float64)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(own, 1e-12)).mean()), float((probabilities.argmax(axis=1) == labels).mean())
