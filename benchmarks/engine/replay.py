"""A step of training that is launched kernel by kernel a few times, and then as one recorded graph. Needs torch: import inside functions.

A step of seed-batched training is thousands of small kernels (a few for each moment in time), and a GPU does them faster than Python can
ask for them. A CUDA graph is asked for once. What it costs is that everything lies where it lay when the graph was recorded: inputs are
copied into buffers of their own, and weights, moments of the optimiser and sums are changed in place.

Recording has not been run on a GPU. Tests run the same buffers and the same replay on a CPU, with a recorder that calls the step again.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import torch
from torch import Tensor

Step = Callable[..., None]
WARM_UP = 3
"""Steps before recording, as torch's notes on CUDA graphs ask for: libraries make their workspaces and kernels are compiled in them."""


class Recorder(Protocol):
    """Records work without doing it."""

    def warm(self, work: Callable[[], None]) -> None:
        """Do it, as it will be recorded."""

    def record(self, work: Callable[[], None]) -> Callable[[], None]:
        """Give what does it again, on the same memory."""


class CudaGraphs:
    """Records CUDA graphs on a stream of its own, and warms up there too: autograd and the libraries keep things by stream."""

    def __init__(self) -> None:
        """Make the stream."""
        self._side: Any = torch.cuda.Stream()  # type: ignore[no-untyped-call]

    def warm(self, work: Callable[[], None]) -> None:
        """Do it on the side stream, between what came before and what comes after."""
        self._side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._side):
            work()
        torch.cuda.current_stream().wait_stream(self._side)

    def record(self, work: Callable[[], None]) -> Callable[[], None]:
        """Record it into a graph with memory of its own."""
        graph: Any = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=self._side):
            work()
        replay: Callable[[], None] = graph.replay
        return replay


def recorder(device: str) -> Recorder | None:
    """Give the recorder for "cuda"; a CPU has none, and does not need one."""
    return CudaGraphs() if device == "cuda" else None


class Replayed:
    """A step that is recorded for each shape of its inputs.

    Attributes:
        replays: how many steps were replayed.
        problem: why nothing is recorded any more, "" while nothing went wrong.
    """

    def __init__(self, step: Step, recorder: Recorder | None) -> None:
        """Take a step of tensors; it must change what it changes in place. Without a recorder it is called every time."""
        self._step, self._recorder = step, recorder
        self._met: dict[tuple[torch.Size, ...], int] = {}
        self._recorded: dict[tuple[torch.Size, ...], tuple[list[Tensor], Callable[[], None]]] = {}
        self.replays, self.problem = 0, ""

    def __call__(self, *inputs: Tensor) -> None:
        """Do the step."""
        if self._recorder is None or self.problem:
            self._step(*inputs)
            return
        shapes = tuple(one.shape for one in inputs)
        self._met[shapes] = self._met.get(shapes, 0) + 1
        if self._met[shapes] <= WARM_UP:
            self._recorder.warm(partial(self._step, *inputs))
        elif shapes in self._recorded or self._record(self._recorder, shapes, inputs):
            buffers, replay = self._recorded[shapes]
            for buffer, given in zip(buffers, inputs, strict=True):
                buffer.copy_(given)
            replay()
            self.replays += 1
        else:
            self._step(*inputs)

    def _record(self, recorder: Recorder, shapes: tuple[torch.Size, ...], inputs: tuple[Tensor, ...]) -> bool:
        """Try to record; where it fails, say so once, and go on without."""
        buffers = [one.clone() for one in inputs]
        try:
            self._recorded[shapes] = buffers, recorder.record(partial(self._step, *buffers))
        except RuntimeError as error:  # an operator that cannot be recorded; what was begun is thrown away, not done
            self.problem = str(error).splitlines()[0]
            warnings.warn(f"the step cannot be recorded ({self.problem}), so every kernel is launched from Python", stacklevel=3)
            return False
        return True

    @property
    def path(self) -> str:
        """Say in words how the steps were launched."""
        if self.problem:
            return f"launched one by one: {self.problem}"
        return f"{self.replays} of {sum(self._met.values())} replayed as one graph" if self.replays else "launched one by one"
