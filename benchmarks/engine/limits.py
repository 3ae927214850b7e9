"""What a device can do at most, measured: rate of matrix products, and bandwidth of its memory. Needs torch.

Speeds of training are read against these. Each is the best of several repeats after a warm-up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.engine.measure import repeated

REPEATS = 3
SIDE = {"cpu": 768, "cuda": 8192}
COPIED = {"cpu": 1 << 25, "cuda": 1 << 29}
"""Bytes copied once; large beside the caches."""


@dataclass(frozen=True)
class Limits:
    """Floating-point operations per second in matrix products as torch does them here, and bytes per second read and written."""

    matmul_flops: float
    bandwidth: float


def limits(device: str, precision: str = "float32") -> Limits:
    """Measure the device's limits with the threads that torch uses now; `precision` is that of the matrices."""
    import torch

    side = SIDE[device]
    a, b = (torch.randn(side, side, device=device, dtype=getattr(torch, precision)) for _ in range(2))
    _, products = repeated(lambda: a @ b, REPEATS, device)
    source = torch.empty(COPIED[device], dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    _, copies = repeated(lambda: target.copy_(source), REPEATS, device)
    return Limits(2 * side**3 / min(products.seconds), 2 * COPIED[device] / min(copies.seconds))


def operations(work: Any) -> float:
    """Count the floating-point operations of matrix products and convolutions that calling `work` does, gradients included."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        work()
    return float(counter.get_total_flops())
