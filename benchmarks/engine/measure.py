"""Clocks, memory and energy. A number that cannot be had here is None, with the reason beside it."""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import psutil

from benchmarks.engine.record import Energy, Memory, Timing

Result = TypeVar("Result")
MEGABYTE = 2**20
SAMPLE_SECONDS = 0.02
RAPL = Path("/sys/class/powercap")


def synchronise(device: str) -> None:
    """Wait until a device has done all that it was given; a CPU has."""
    if device == "cuda":
        import torch

        torch.cuda.synchronize()


def timed(function: Callable[[], Result], device: str = "cpu") -> tuple[Result, float]:
    """Call once: the result, and seconds until the device has finished."""
    synchronise(device)
    start = time.perf_counter()
    result = function()
    synchronise(device)
    return result, time.perf_counter() - start


def repeated(function: Callable[[], Result], repeats: int, device: str = "cpu") -> tuple[Result, Timing]:
    """Call once to warm up, then `repeats` times: the last result, and the timing."""
    result, first = timed(function, device)
    seconds = []
    for _ in range(repeats):
        result, once = timed(function, device)
        seconds.append(once)
    return result, Timing(tuple(seconds), warm_up_s=first)


class Watch:
    """What a run cost this process: peak memory, sampled, and energy of the chip. A context manager; read it afterwards."""

    def __init__(self, device: str) -> None:
        """Get ready for a run on "cpu" or "cuda"."""
        self._device, self._process = device, psutil.Process()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._counter = nvml_joules if device == "cuda" else rapl_joules
        self.memory, self.energy = Memory(0.0, 0.0), Energy(None, reason="the run did not end")

    def __enter__(self) -> Self:
        """Begin."""
        self._before = self._peak = self._process.memory_info().rss
        if self._device == "cuda":
            import torch

            torch.cuda.reset_peak_memory_stats()
        self._started, self._source = self._counter()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End, and work out what it was."""
        self._done.set()
        self._thread.join()
        self._peak = max(self._peak, self._process.memory_info().rss)
        on_device, reason = None, "no device"
        if self._device == "cuda":
            import torch

            on_device, reason = torch.cuda.max_memory_allocated() / MEGABYTE, ""
        self.memory = Memory(
            round(self._peak / MEGABYTE, 1),
            round(self._before / MEGABYTE, 1),
            None if on_device is None else round(on_device, 1),
            reason,
        )
        ended, source = self._counter()
        if self._started is None or ended is None or ended < self._started:
            self.energy = Energy(None, reason=source if ended is None else "the counter started anew during the run")
        else:
            self.energy = Energy(round(ended - self._started, 3), source=source)

    def _sample(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            self._peak = max(self._peak, self._process.memory_info().rss)


def rapl_joules() -> tuple[float | None, str]:
    """Read the energy counters of all CPU packages: joules so far and their name, or None and why not."""
    zones = sorted(RAPL.glob("intel-rapl:[0-9]*")) if RAPL.is_dir() else []
    packages = [zone for zone in zones if zone.name.count(":") == 1]
    if not packages:
        return None, "this machine shows no RAPL energy counter (virtual machines and non-Linux systems have none)"
    try:
        return sum(int((zone / "energy_uj").read_text()) for zone in packages) / 1e6, f"RAPL, {len(packages)} package(s)"
    except (OSError, ValueError) as error:
        return None, f"the RAPL energy counter cannot be read: {error}"


def nvml_joules() -> tuple[float | None, str]:
    """Read the energy counter of the first GPU by its driver: joules so far and its name, or None and why not."""
    try:
        nvml: Any = ctypes.CDLL("nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1")
    except OSError:
        return None, "the NVIDIA management library is not here"
    handle, millijoules = ctypes.c_void_p(), ctypes.c_ulonglong()
    code = nvml.nvmlInit_v2()
    code = code or nvml.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(handle))
    code = code or nvml.nvmlDeviceGetTotalEnergyConsumption(handle, ctypes.byref(millijoules))
    if code:
        return None, f"the NVIDIA management library answers with error {code}"
    return millijoules.value / 1e3, "NVML, whole GPU"
