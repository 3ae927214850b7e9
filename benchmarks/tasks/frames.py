"""Frames of speech by the course's perceptron with context 20: windows gathered on the device against a per-frame Python data set.

The plain way is what the course's starter does: a `Dataset` whose items are single windows, a DataLoader that stacks them, one float32 step
per batch. Here the frames lie on the device once, 28 numbers each, and every batch gathers its 41 frames there (bfloat16 on a GPU). Both
train the same network on made-up frames, and both must see the same windows, never across the border of an utterance. At full size
there are as many frames as in the course's training part. The plain way is timed on a share of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from benchmarks.engine.limits import limits
from benchmarks.engine.measure import timed
from benchmarks.engine.record import Metric, Size, Throughput, Timing
from benchmarks.engine.task import Case, Outcome, Setting, Task

FRAMES: dict[Size, int] = {"small": 60_000, "full": 36_091_157}
PLAIN_FRAMES: dict[Size, int] = {"small": 6_000, "full": 200_000}
BATCH: dict[Size, int] = {"small": 1024, "full": 16_384}
PLAIN_BATCH = 1024
N_MFCC, N_SYMBOLS, HIDDEN = 28, 42, 512
UTTERANCE = 1264
"""Frames of an utterance: the course's 36 091 157 frames over its 28 539 utterances."""
RATE = 1e-3
CHECKED = 512


def cases(size: Size) -> Sequence[Case]:
    """Name two contexts."""
    common = {
        "frames": FRAMES[size],
        "plain_frames": PLAIN_FRAMES[size],
        "batch_size": BATCH[size],
        "plain_batch_size": PLAIN_BATCH,
    }
    return [
        Case(f"context {context}", {"context": context, "utterance": UTTERANCE, **common}, (), 10.0 if size == "small" else 120.0)
        for context in (0, 20)
    ]


@dataclass(frozen=True, eq=False)
class Table:
    """Frames on the device, a row of zeros last, and labels (F,)."""

    frames: Any
    labels: Any
    context: int

    def windows(self, rows: Any) -> Any:
        """Gather (B,) -> (B, (2 context + 1) 28); zeros beyond the utterance of each row."""
        import torch

        offsets = torch.arange(-self.context, self.context + 1, device=rows.device)
        wanted = rows[:, None] + offsets
        first = (rows // UTTERANCE * UTTERANCE)[:, None]
        last = torch.clamp(first + UTTERANCE, max=len(self.labels))
        return self.frames[wanted.masked_fill((wanted < first) | (wanted >= last), len(self.labels))].flatten(1)


def made(count: int, seed: int, context: int, device: str) -> Table:
    """Make frames up on the device: normal numbers, since the time does not depend on them."""
    import torch

    random = torch.Generator(device).manual_seed(seed)
    frames = torch.randn(count + 1, N_MFCC, generator=random, device=device)
    frames[-1] = 0
    labels = torch.randint(0, N_SYMBOLS, (count,), generator=random, device=device)
    return Table(frames.to(torch.bfloat16 if device == "cuda" else torch.float32), labels, context)


def network(context: int, device: str) -> Any:
    """Build the course's perceptron."""
    import torch

    torch.manual_seed(0)
    wide = (2 * context + 1) * N_MFCC
    return torch.nn.Sequential(torch.nn.Linear(wide, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, N_SYMBOLS)).to(device)


def epoch(table: Table, model: Any, optimiser: Any, batch_size: int, device: str) -> None:
    """Learn from every frame once, in a new order; nothing leaves the device."""
    import torch

    order: Any = torch.randperm(len(table.labels), device=device)
    for rows in order.split(batch_size):
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
            loss: Any = torch.nn.functional.cross_entropy(model(table.windows(rows)), table.labels[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


class OneByOne:
    """The starter's data set: item i is the window around frame i, cut in Python."""

    def __init__(self, table: Table) -> None:
        """Take the frames back to main memory."""
        self.frames, self.labels = table.frames[:-1].float().cpu().numpy(), table.labels.cpu().numpy()
        self.context = table.context

    def __len__(self) -> int:
        """Count the frames."""
        return len(self.labels)

    def __getitem__(self, row: int) -> tuple[Any, int]:
        """Cut one window."""
        first = row // UTTERANCE * UTTERANCE
        last = min(first + UTTERANCE, len(self.labels))
        low, high = max(row - self.context, first), min(row + self.context + 1, last)
        window = np.zeros((2 * self.context + 1, N_MFCC), dtype=np.float32)
        window[low - row + self.context : high - row + self.context] = self.frames[low:high]
        return window.reshape(-1), int(self.labels[row])


def plain_epoch(dataset: OneByOne, model: Any, optimiser: Any, batch_size: int, device: str) -> None:
    """Learn from every frame once, the plain way."""
    import torch

    loader: Any = torch.utils.data.DataLoader(dataset, batch_size, shuffle=True)  # type: ignore[arg-type]
    for x, y in loader:
        loss: Any = torch.nn.functional.cross_entropy(model(x.to(device)), y.to(device))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def check(table: Table, dataset: OneByOne, seed: int) -> None:
    """Make sure that both ways see the same windows, borders among them."""
    import torch

    rows = np.random.default_rng(seed).integers(0, len(dataset), size=CHECKED)
    rows = np.concatenate([rows, [0, UTTERANCE - 1, UTTERANCE, len(dataset) - 1]])
    gathered = table.windows(torch.from_numpy(rows).to(table.labels.device)).float().cpu().numpy()
    if not np.array_equal(gathered, np.stack([dataset[int(row)][0] for row in rows])):
        raise ValueError("windows gathered on the device differ from those that the data set cuts")


def run(case: Case, setting: Setting) -> Outcome:
    """Train for one epoch in both ways, and compare the seconds per frame."""
    import torch

    config, device = case.config, setting.device
    context, adam = config["context"], partial(torch.optim.Adam, lr=RATE, fused=device == "cuda")
    part = made(config["plain_frames"], setting.seed, context, device)
    dataset = OneByOne(part)
    check(part, dataset, setting.seed)
    few, model = made(CHECKED, setting.seed, context, device), network(context, device)
    plain_epoch(OneByOne(few), model, adam(model.parameters()), config["plain_batch_size"], device)  # to warm up
    _, plain = timed(lambda: plain_epoch(dataset, model, adam(model.parameters()), config["plain_batch_size"], device), device)
    table, model = made(config["frames"], setting.seed, context, device), network(context, device)
    _, warm_up = timed(lambda: epoch(part, model, adam(model.parameters()), config["batch_size"], device), device)
    _, ours = timed(lambda: epoch(table, model, adam(model.parameters()), config["batch_size"], device), device)
    bound = limits(device, "bfloat16" if device == "cuda" else "float32")
    trained = sum(one.numel() for one in model.parameters())
    ratio = (plain / config["plain_frames"]) / (ours / config["frames"])
    metrics = {
        "ratio": ratio,
        "epoch_s": ours,
        "share_of_matmul_limit": 6 * trained * config["frames"] / ours / bound.matmul_flops,
    }
    return Outcome(
        {**metrics, "matmul_gflops": bound.matmul_flops / 1e9, "bandwidth_gb_s": bound.bandwidth / 1e9},
        parameters=trained,
        times={"train": Timing((ours,), warm_up_s=warm_up), "plain": Timing((plain,))},
        throughput=Throughput(config["frames"] / ours, "frames/s"),
        kernel={
            "windows": f"gathered on the {device}",
            "precision": "bfloat16" if device == "cuda" else "float32",
            "compiled": "no",
        },
    )


TASK = Task(
    name="frames",
    title="An epoch over frames with context: windows gathered on the device against a per-frame Python data set (ML HW5, 4)",
    metric=Metric("ratio", higher_is_better=True, unit="×", of="run"),
    cases=cases,
    run=run,
    seeds={"small": 2, "full": 3},
    devices=("cpu", "cuda"),
    needs=("torch",),
)
