"""LSTMs of S replicas over time, by batched matrix products, with a backward pass of our own. Needs torch: import inside functions.

Fused kernels such as cuDNN's train one network at a time. Here one step in time is one batched product for all replicas, (S, B, H) by
(S, H, 4H), and a few element-wise operations; products with the inputs, and the gradients of all weights, are one batched product each for
all steps together, outside the loop. Gates stand in torch's order: input, forget, cell, output.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, cast

import torch
from torch import Tensor

Forward = Callable[[Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]
Backward = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]


def _step(gates: Tensor, cell: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Gates before their functions (S, B, 4H), and the cell (S, B, H) -> gates after them, the next cell, the next output."""
    i, f, g, o = gates.chunk(4, dim=2)
    i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    after = f * cell + i * g
    return torch.cat([i, f, g, o], dim=2), after, o * torch.tanh(after)


def _step_back(out: Tensor, carried: Tensor, gates: Tensor, before: Tensor, after: Tensor) -> tuple[Tensor, Tensor]:
    """Gradients of output and cell (S, B, H) -> those of the gates before their functions (S, B, 4H) and of the cell before."""
    i, f, g, o = gates.chunk(4, dim=2)
    squeezed = torch.tanh(after)
    cell = carried + out * o * (1 - squeezed * squeezed)
    parts = [cell * g * i * (1 - i), cell * before * f * (1 - f), cell * i * (1 - g * g), out * squeezed * o * (1 - o)]
    return torch.cat(parts, dim=2), cell * f


@cache
def _steps(device: str) -> tuple[Forward, Backward]:
    """Give the element-wise halves of a step: on a GPU fused by torch.compile, elsewhere as they are."""
    if device != "cuda":
        return _step, _step_back
    compile_: Any = torch.compile
    return cast(Forward, compile_(_step, dynamic=True)), cast(Backward, compile_(_step_back, dynamic=True))


class _Recurrence(torch.autograd.Function):
    """From gate inputs (T, S, B, 4H) and recurrent weights (S, 4H, H) to outputs (T, S, B, H)."""

    @staticmethod
    def forward(context: Any, driven: Tensor, weights: Tensor) -> Tensor:
        """Go through time, and keep what the way back needs."""
        steps, s, b, four = driven.shape
        step, turned = _steps(driven.device.type)[0], weights.transpose(1, 2)
        outputs, cells = driven.new_empty(steps, s, b, four // 4), driven.new_empty(steps, s, b, four // 4)
        gates = torch.empty_like(driven)
        out = cell = driven.new_zeros(s, b, four // 4)
        for t in range(steps):
            gates[t], cell, out = step(torch.baddbmm(driven[t], out, turned), cell)
            outputs[t], cells[t] = out, cell
        context.save_for_backward(weights, gates, cells, outputs)
        return outputs

    @staticmethod
    def backward(context: Any, *gradients: Any) -> tuple[Tensor, Tensor]:
        """Go back through time; the weights' gradient is one product over all steps, at the end."""
        weights, gates, cells, outputs = context.saved_tensors
        (wanted,) = gradients
        back = _steps(gates.device.type)[1]
        driven = torch.empty_like(gates)
        carried = torch.zeros_like(cells[0])
        nothing = torch.zeros_like(cells[0])
        out = nothing
        for t in range(len(gates) - 1, -1, -1):
            before = cells[t - 1] if t else nothing
            driven[t], carried = back(wanted[t] + out, carried, gates[t], before, cells[t])
            out = torch.bmm(driven[t], weights)
        earlier = torch.cat([nothing[None], outputs[:-1]])  # what each step was given
        s, four = weights.shape[:2]
        rows = driven.permute(1, 3, 0, 2).reshape(s, four, -1)  # (S, 4H, T B)
        return driven, torch.bmm(rows, earlier.transpose(0, 1).reshape(s, rows.shape[2], -1))


def recur(x: Tensor, from_input: Tensor, from_output: Tensor, bias: Tensor) -> Tensor:
    """Run S LSTMs: x (S, B, T, D), weights (S, 4H, D) and (S, 4H, H), bias (S, 4H) -> outputs (S, B, T, H)."""
    s, b, steps, width = x.shape
    flat = x.transpose(1, 2).reshape(s, steps * b, width)
    driven = torch.baddbmm(bias[:, None], flat, from_input.transpose(1, 2)).reshape(s, steps, b, -1)
    apply: Any = _Recurrence.apply
    outputs: Tensor = apply(driven.transpose(0, 1).contiguous(), from_output)  # (T, S, B, H)
    return outputs.permute(1, 2, 0, 3)
