"""LSTMs of S replicas over time, by batched matrix products, with a backward pass of our own. Needs torch: import inside functions.

Fused kernels such as cuDNN's train one network at a time. Here one step in time is one batched product for all replicas, (S, B, H) by
(S, H, 4H), and one row of element-wise operations; products with the inputs, and the gradients of all weights, are one batched product each
for all steps together, outside the loop. Gates stand in torch's order: input, forget, cell, output.

On a GPU torch.compile fuses each row. Rows read whole tensors and give new ones: on views of one tensor, written in place, the compiled
code is guarded by where each lies, and is made anew until torch gives up. The compiled rows have been run on a CPU only.
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
KEPT = 5
"""Tensors that each step keeps for the way back: four gates and the cell."""

Forward = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, ...]]
Backward = Callable[..., tuple[Tensor, Tensor]]


def _step(driven: Tensor, recurrent: Tensor, cell: Tensor) -> tuple[Tensor, ...]:
    """Add what drives the gates, from the input and from the last output (S, B, 4H) -> four gates, next cell, output (S, B, H)."""
    i, f, g, o = (driven + recurrent).chunk(4, dim=2)
    i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    after = f * cell + i * g
    return i, f, g, o, after, o * torch.tanh(after)


def _step_back(
    wanted: Tensor, out: Tensor, carried: Tensor, i: Tensor, f: Tensor, g: Tensor, o: Tensor, after: Tensor, before: Tensor
) -> tuple[Tensor, Tensor]:
    """Give the gradients of what drives the gates (S, B, 4H), and of the cell before (S, B, H).

    The output's gradient has two parts: what the layer above wants, and what comes back from the next step.
    """
    squeezed, both = torch.tanh(after), wanted + out
    cell = carried + both * o * (1 - squeezed * squeezed)
    parts = [cell * g * i * (1 - i), cell * before * f * (1 - f), cell * i * (1 - g * g), both * squeezed * o * (1 - o)]
    return torch.cat(parts, dim=2), cell * f


@cache
def _steps(kind: str) -> tuple[Forward, Backward]:
    """Give the element-wise rows of a step for a kind of device: compiled where that pays and works, elsewhere as they are."""
    if kind not in COMPILED_ON:
        return _step, _step_back
    compile_: Any = torch.compile
    compiled = cast(Forward, compile_(_step, dynamic=True)), cast(Backward, compile_(_step_back, dynamic=True))
    try:  # compiling begins with the first call
        wide, narrow = torch.zeros(2, 2, 3, 20, device=kind), torch.zeros(5, 2, 3, 5, device=kind)
        with torch.no_grad():  # as in forward and backward
            own = compiled[0](wide[0], wide[1], narrow[0])[:KEPT]
            compiled[1](narrow[1], narrow[2], narrow[3], *own, narrow[4])
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
        _, s, b, four = driven.shape
        step, turned = _steps(driven.device.type)[0], weights.transpose(1, 2)
        out = cell = driven.new_zeros(s, b, four // 4)
        kept, outs = [], []
        for gates in driven:
            *gone, out = step(gates, torch.bmm(out, turned), cell)
            cell = gone[-1]
            kept += gone
            outs.append(out)
        outputs = torch.stack(outs)
        context.save_for_backward(weights, outputs, *kept)
        return outputs

    @staticmethod
    def backward(context: Any, *gradients: Any) -> tuple[Tensor, Tensor]:
        """Go back through time; the weights' gradient is one product over all steps, at the end."""
        weights, outputs, *kept = context.saved_tensors
        wanted, back = gradients[0].contiguous(), _steps(outputs.device.type)[1]
        nothing, out, carried = (
            torch.zeros_like(outputs[0]) for _ in range(3)
        )  # one for each, or the rows are compiled for twins
        found = []
        for t in range(len(outputs) - 1, -1, -1):
            own, before = kept[KEPT * t : KEPT * (t + 1)], kept[KEPT * t - 1] if t else nothing
            driven, carried = back(wanted[t], out, carried, *own, before)
            out = torch.bmm(driven, weights)
            found.append(driven)
        driven = torch.stack(found[::-1])
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
