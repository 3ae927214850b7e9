"""Seed-batched training: one launch trains S replicas of a network, each as it would have been trained alone with its seed.

Weights carry a leading axis of replicas. Dense layers and the recurrences of LSTMs are batched matrix products, a convolution over S
replicas is one convolution with S groups, batch normalisation over S times C channels is that of each replica, and Adam works element
by element, so S optimisers are one. The data lie on the device once; each replica gathers its own batches there. Losses add up, hence no
replica's gradient meets another's. On a GPU a step is replayed as one graph (replay.py). Needs torch: import it inside functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.engine import designs
from benchmarks.engine.networks import (
    Data,
    Draws,
    FloatArray,
    Masked,
    Recurrent,
    Schedule,
    ToSequence,
    Trained,
    build,
    validation,
)
from benchmarks.engine.recurrence import recur
from benchmarks.engine.replay import Recorder, Replayed, recorder

JUDGED_AT_ONCE = 128


class Replicas(nn.Module):
    """S networks of one design, weights stacked: inputs (S, B, ...) -> scores (S, B, C)."""

    def __init__(self, networks: Sequence[nn.Sequential]) -> None:
        """Stack the parameters and running statistics of networks of one design."""
        super().__init__()
        self.replicas = len(networks)
        self._plain = list(networks[0])  # tells the kinds of layers; its weights are not used
        self.weights = nn.ParameterDict()
        self.masks: list[Tensor] = []
        first = networks[0]
        states = [dict(one.named_parameters()) for one in networks]
        for name, value in first.named_parameters():
            if value.requires_grad:
                self.weights[name.replace(".", "-")] = nn.Parameter(torch.stack([state[name].detach() for state in states]))
        for name, _ in first.named_buffers():
            if not name.endswith("num_batches_tracked"):
                held = torch.stack([dict(one.named_buffers())[name] for one in networks])
                self.register_buffer(name.replace(".", "-"), held.flatten())

    def weight(self, place: int, name: str) -> Tensor:
        """Give a stacked parameter of the layer at `place`."""
        found: Tensor = self.weights[f"{place}-{name}"]
        return found

    def forward(self, x: Tensor) -> Tensor:
        """Run all replicas: (S, B, ...) -> (S, B, C). While learning, `masks` holds (S, B, D) for each dropout layer."""
        masks = iter(self.masks)
        for place, layer in enumerate(self._plain):
            if isinstance(layer, Recurrent):
                x = self._recurrent(place, layer, x)
            elif isinstance(layer, nn.Linear):
                x = torch.baddbmm(self.weight(place, "bias")[:, None], x, self.weight(place, "weight").transpose(1, 2))
            elif isinstance(layer, Masked):
                x = x * next(masks) / (1 - layer.share) if self.training else x
            elif isinstance(layer, nn.Flatten):
                x = x.flatten(2)
            elif isinstance(layer, ToSequence):
                x = x.transpose(2, 3).flatten(3)
            else:
                x = self._picture(place, layer, x)
        return x

    def _recurrent(self, place: int, layer: Recurrent, x: Tensor) -> Tensor:
        """(S, B, T, D) -> (S, B, T, W), or (S, B, W). The backward half runs beside the forward one, as further replicas."""
        ways = ["l0", "l0_reverse"] if layer.layer.both_ways else ["l0"]
        stacked = [
            torch.cat([self.weight(place, f"lstm-{kind}_{way}") for way in ways])
            for kind in ("weight_ih", "weight_hh", "bias_ih")
        ]
        both = torch.cat([x, x.flip(2)]) if len(ways) == 2 else x
        out = recur(both, *stacked)  # (S or 2 S, B, T, H)
        if len(ways) == 1:
            return out[:, :, -1] if layer.layer.last else out
        onward, back = out[: self.replicas], out[self.replicas :]
        if layer.layer.last:
            return torch.cat([onward[:, :, -1], back[:, :, -1]], dim=2)
        return torch.cat([onward, back.flip(2)], dim=3)

    def _picture(self, place: int, layer: nn.Module, x: Tensor) -> Tensor:
        """Convolution, ReLU, pooling, normalisation on (S, B, C, H, W), replicas side by side as groups of channels."""
        s = len(x)
        folded = x.transpose(0, 1).flatten(1, 2) if x.ndim == 5 else x  # (B, S C, H, W)
        if isinstance(layer, nn.ReLU):
            return functional.relu(x)
        if isinstance(layer, nn.Conv2d):
            kernels, biases = self.weight(place, "weight").flatten(0, 1), self.weight(place, "bias").flatten()
            folded = functional.conv2d(folded, kernels, biases, groups=s)
        elif isinstance(layer, nn.MaxPool2d):
            folded = functional.max_pool2d(folded, designs.POOL, designs.STRIDE)
        elif isinstance(layer, nn.BatchNorm2d):
            mean, variance = self.get_buffer(f"{place}-running_mean"), self.get_buffer(f"{place}-running_var")
            scale, shift = self.weight(place, "weight").flatten(), self.weight(place, "bias").flatten()
            momentum, epsilon = designs.NORM_MOMENTUM, designs.NORM_EPSILON
            folded = functional.batch_norm(folded, mean, variance, scale, shift, self.training, momentum, epsilon)
        else:
            raise TypeError(f"got a layer of type {type(layer).__name__}, which has no batched form: add one here")
        apart: Tensor = folded.reshape(folded.shape[0], s, -1, *folded.shape[2:])
        return apart.transpose(0, 1)  # (S, B, C, H', W')


class Learner:
    """Replicas with their optimiser and their data on a device: everything that a step reads and changes, in place."""

    def __init__(self, model: Replicas, data: Data, schedule: Schedule, device: str, recorder: Recorder | None) -> None:
        """Move all to the device once."""
        self.model, self.batch_size = model.to(device), schedule.batch_size
        # On a GPU: one kernel for all weights, and a counter of steps that a graph can move.
        more: Any = {"fused": True, "capturable": True} if device == "cuda" else {}
        self.optimiser = torch.optim.Adam(model.parameters(), schedule.learning_rate, **more)
        self.inputs, self.labels = torch.from_numpy(data.inputs).to(device), torch.from_numpy(data.labels).to(device)
        self.losses, self.hits = (torch.zeros(model.replicas, device=device) for _ in range(2))
        self.step = Replayed(self._step, recorder)

    def epoch(self, draws: Sequence[Draws]) -> tuple[list[float], list[float]]:
        """Learn from every example once: mean loss and accuracy of each replica, met on the way. Nothing leaves the device before."""
        drawn = [one.epoch() for one in draws]
        order = torch.stack([one[0] for one in drawn]).to(self.inputs.device)  # (S, N)
        masks = [torch.stack(layer).to(self.inputs.device) for layer in zip(*(one[1] for one in drawn), strict=True)]
        self.model.train()
        self.losses.zero_()
        self.hits.zero_()
        for start in range(0, order.shape[1], self.batch_size):
            self.step(*(one[:, start : start + self.batch_size] for one in (order, *masks)))
        return (self.losses / order.shape[1]).tolist(), (self.hits / order.shape[1]).tolist()

    def _step(self, rows: Tensor, *masks: Tensor) -> None:
        """Go one step on the examples `rows` (S, B), with a mask (S, B, D) for each dropout layer."""
        self.model.masks = list(masks)
        wanted = self.labels[rows]
        self.optimiser.zero_grad()
        scores = self.model(self.inputs[rows])  # (S, B, C)
        each = functional.cross_entropy(scores.transpose(1, 2), wanted, reduction="none").mean(dim=1)  # (S,)
        each.sum().backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        self.losses += each.detach() * rows.shape[1]
        self.hits += (scores.detach().argmax(2) == wanted).sum(dim=1)


def train_together(
    design: designs.Design, data: Data, schedule: Schedule, seeds: Sequence[int], device: str = "cpu"
) -> list[Trained]:
    """Train all seeds at once; replica i equals `train_alone` with seeds[i] up to rounding."""
    networks = [build(design, data.inputs.shape[1:], seed) for seed in seeds]
    draws = [Draws(seed, len(data.labels), network) for seed, network in zip(seeds, networks, strict=True)]
    learner = Learner(Replicas(networks), data, schedule, device, recorder(device))
    unseen, asked = (torch.from_numpy(part).to(device) for part in (data.validation_inputs, data.test_inputs))
    curves: list[dict[str, list[float]]] = [{} for _ in seeds]
    for _ in range(schedule.epochs):
        loss, accuracy = learner.epoch(draws)
        probabilities = judge_together(learner.model, unseen)
        for place, curve in enumerate(curves):
            told = (loss[place], accuracy[place], *validation(probabilities[place], data.validation_labels))
            for name, value in zip(("loss", "accuracy", "validation_loss", "validation_accuracy"), told, strict=True):
                curve.setdefault(name, []).append(float(value))
    answers = judge_together(learner.model, asked)
    return [Trained(curve, answers[place], learner.step.path) for place, curve in enumerate(curves)]


def judge_together(model: Replicas, inputs: Tensor) -> FloatArray:
    """Give class probabilities of each replica for the same inputs: (M, ...) -> (S, M, C)."""
    model.eval()
    found = []
    with torch.no_grad():
        for start in range(0, len(inputs), JUDGED_AT_ONCE):
            part = inputs[start : start + JUDGED_AT_ONCE]
            found.append(torch.softmax(model(part.expand(model.replicas, *part.shape)), 2).cpu())
    return np.asarray(torch.cat(found, dim=1))
