"""LSTMs of S replicas over time, by batched matrix products, with a backward pass of our own. Needs torch: import inside functions.

Fused kernels such as cuDNN's train one network at a time. Here one step in time is one batched product for all replicas, (S, B, H) by
(S, H, 4H), and one row of element-wise operations; products with the inputs, and the gradients of all weights, are one batched product each
for all steps together, outside the loop. Gates stand in torch's order: input, forget, cell, output.

Every step writes into its place in tensors that are there before the loop, so that nothing is copied or allocated inside. On a GPU each row
is fused by torch.compile. The compiled rows have been run on a CPU only.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any, cast

import torch
from torch import Tensor

COMPILED_ON = ("cuda",)
"""Kinds of devices where a launch costs more than the arithmetic of a step."""

Forward = Callable[[Tensor, Tensor, Tensor, Tensor], None]
Backward = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor], None]


def _step(gates: Tensor, cell: Tensor, after: Tensor, out: Tensor) -> None:
    """Put gates through their functions (S, B, 4H), in place; from the cell (S, B, H) write the next cell `after` and the output."""
    i, f, g, o = gates.chunk(4, dim=2)
    i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    moved = f * cell + i * g
    gates.copy_(torch.cat([i, f, g, o], dim=2))
    after.copy_(moved)
    out.copy_(o * torch.tanh(moved))


def _step_back(
    wanted: Tensor, out: Tensor, carried: Tensor, gates: Tensor, before: Tensor, after: Tensor, driven: Tensor
) -> None:
    """Write the gradient of the gates before their functions into `driven` (S, B, 4H), and that of the cell before into `carried`.

    The output's gradient has two parts (S, B, H): what the layer above wants, and what comes back from the next step.
    """
    i, f, g, o = gates.chunk(4, dim=2)
    squeezed, both = torch.tanh(after), wanted + out
    cell = carried + both * o * (1 - squeezed * squeezed)
    parts = [cell * g * i * (1 - i), cell * before * f * (1 - f), cell * i * (1 - g * g), both * squeezed * o * (1 - o)]
    carried.copy_(cell * f)
    driven.copy_(torch.cat(parts, dim=2))


@cache
def _steps(kind: str) -> tuple[Forward, Backward]:
    """Give the element-wise rows of a step for a kind of device: compiled where that pays and works, elsewhere as they are."""
    if kind not in COMPILED_ON:
        return _step, _step_back
    compile_: Any = torch.compile
    compiled = cast(Forward, compile_(_step, dynamic=True)), cast(Backward, compile_(_step_back, dynamic=True))
    try:  # compiling begins with the first call
        cells, gates = torch.zeros(5, 2, 3, 5, device=kind), torch.zeros(2, 2, 3, 20, device=kind)
        compiled[0](gates[0], cells[0], cells[1], cells[2])
        compiled[1](cells[0], cells[1], cells[2], gates[0], cells[3], cells[4], gates[1])
    except Exception as error:  # whatever a compiler, its driver or its headers lack
        reason = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        warnings.warn(f"torch.compile does not work here ({reason}), so steps launch more kernels and take longer", stacklevel=2)
        return _step, _step_back
    return compiled


class _Recurrence(torch.autograd.Function):
    """From gate inputs (T, S, B, 4H) and recurrent weights (S, 4H, H) to outputs (T, S, B, H)."""

    @staticmethod
    def forward(context: Any, driven: Tensor, weights: Tensor) -> Tensor:
        """Go through time, and keep what the way back needs."""
        steps, s, b, four = driven.shape
        step, turned = _steps(driven.device.type)[0], weights.transpose(1, 2)
        outputs, cells = driven.new_empty(steps, s, b, four // 4), driven.new_empty(steps, s, b, four // 4)
        gates = driven.clone()
        out = cell = driven.new_zeros(s, b, four // 4)
        for t in range(steps):
            now = gates[t]
            torch.baddbmm(now, out, turned, out=now)
            step(now, cell, cells[t], outputs[t])
            cell, out = cells[t], outputs[t]
        context.save_for_backward(weights, gates, cells, outputs)
        return outputs

    @staticmethod
    def backward(context: Any, *gradients: Any) -> tuple[Tensor, Tensor]:
        """Go back through time; the weights' gradient is one product over all steps, at the end."""
        weights, gates, cells, outputs = context.saved_tensors
        wanted, back = gradients[0].contiguous(), _steps(gates.device.type)[1]
        driven = torch.empty_like(gates)
        nothing, carried, out = (torch.zeros_like(cells[0]) for _ in range(3))
        for t in range(len(gates) - 1, -1, -1):
            back(wanted[t], out, carried, gates[t], cells[t - 1] if t else nothing, cells[t], driven[t])
            torch.bmm(driven[t], weights, out=out)
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
