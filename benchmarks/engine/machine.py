"""Versions, the device in words, and proof of the kernel path: which library did the work, as observed and not as hoped.

The same Python line may run a fused kernel or a Python loop: `torch.nn.LSTM` uses cuDNN only under conditions, attention has four
implementations. `observed` runs a piece of work once under torch's profiler and says which operators it met.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable, Collection
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.engine.record import Device

PACKAGES = ("numpy", "scipy", "torch", "keras", "transformers", "librosa", "scikit-learn", "espeakng-loader", "sympy", "jiwer")
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
ATTENTION = {
    "_scaled_dot_product_flash_attention": "flash",
    "_scaled_dot_product_efficient_attention": "memory-efficient",
    "_scaled_dot_product_cudnn_attention": "cuDNN",
    "_scaled_dot_product_attention_math": "math",
}
RECURRENT = {
    "aten::_cudnn_rnn": "cuDNN LSTM",
    "aten::mkldnn_rnn_layer": "oneDNN LSTM",
    "aten::_thnn_fused_lstm_cell": "one launch per time step, fused cell",
    "_Recurrence": "all seeds in one product per time step",
    "aten::lstm": "ATen loop over time",
}
"""Operator -> what it proves, the most special first: `aten::lstm` wraps the first two; `_Recurrence` is recurrence.py's."""


@cache
def versions() -> dict[str, str]:
    """Give the versions of Python and of what is installed of `PACKAGES`."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def lacking(device: str, needs: Collection[str] = ()) -> str:
    """Say what this machine lacks to run on `device` with these packages; "" where it lacks nothing."""
    missing = [name for name in (*needs, *(["torch"] if device == "cuda" else [])) if not _importable(name)]
    if missing:
        return f"not installed here: {', '.join(sorted(set(missing)))}"
    if device == "cuda":
        import torch

        if not torch.cuda.is_available():
            return "no CUDA device here"
    return ""


def _importable(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


def describe(device: str) -> Device:
    """Describe the machine in words, without its name in the network."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    load = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
    memory = round(psutil.virtual_memory().total / 2**20)
    system = f"{platform.system()} {platform.machine()}"
    if device != "cuda":
        return Device("cpu", _processor(), cores, memory, system, load)
    torch: Any = import_module("torch")
    shown = torch.cuda.get_device_properties(0)
    driver = f"CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}"
    on_device = round(shown.total_memory / 2**20)
    return Device("cuda", str(shown.name), cores, memory, system, load, device_memory_mb=on_device, driver=driver)


@cache
def _processor() -> str:
    """Name the chip."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def kernel(device: str) -> dict[str, str]:
    """Give the libraries that do the arithmetic here and their threads; torch's only where torch has been imported."""
    found = {"blas": _blas(), "threads": _threads()}
    torch: Any = sys.modules.get("torch")
    if torch is not None:
        found["torch_threads"] = str(torch.get_num_threads())
        found["onednn"] = "available" if torch.backends.mkldnn.is_available() else "not available"
        if device == "cuda":
            found["tf32"] = f"matmul {torch.backends.cuda.matmul.allow_tf32}, cuDNN {torch.backends.cudnn.allow_tf32}"
            found["cudnn_deterministic"] = str(torch.backends.cudnn.deterministic)
    return found


def _blas() -> str:
    """Name NumPy's BLAS."""
    built = np.show_config(mode="dicts").get("Build Dependencies", {}).get("blas", {})
    return f"{built.get('name', 'unknown')} {built.get('version', '')}".strip()


def _threads() -> str:
    """Tell how many threads NumPy's BLAS uses: counted where threadpoolctl is installed, else as the environment asks."""
    try:
        threadpool_info: Any = import_module("threadpoolctl").threadpool_info
    except ImportError:
        asked = [f"{name}={os.environ[name]}" for name in THREAD_VARIABLES if name in os.environ]
        return ", ".join(asked) or "not limited"
    pools = {(str(pool["internal_api"]), int(pool["num_threads"])) for pool in threadpool_info()}
    return ", ".join(f"{name} {threads}" for name, threads in sorted(pools)) or "no pool"


def observed(work: Callable[[], object], device: str) -> dict[str, str]:
    """Run `work` once under torch's profiler, and say which paths were taken.

    Gives "lstm" and "attention" where there were such, "convolution", and "compiled": whether kernels of torch.compile ran.
    """
    from torch.profiler import ProfilerActivity, profile

    activities = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if device == "cuda" else [])]
    with profile(activities=activities) as profiler:
        work()
    counts: dict[str, int] = {event.key: event.count for event in profiler.key_averages()}
    return paths(counts)


def paths(counts: dict[str, int]) -> dict[str, str]:
    """Read the operators of a profile, name -> calls."""
    found = {}
    recurrent = [text for name, text in RECURRENT.items() if counts.get(name)]
    if recurrent:
        found["lstm"] = recurrent[0]
    elif counts.get("aten::tanh", 0) > 1 and counts.get("aten::sigmoid", 0) > 1:
        found["lstm"] = f"Python loop over time ({counts['aten::tanh']} calls of tanh)"
    attention = sorted({text for name, text in ATTENTION.items() if any(name in key for key in counts)})
    if attention:
        found["attention"] = ", ".join(attention)
    convolutions = {"cudnn_convolution": "cuDNN", "mkldnn_convolution": "oneDNN", "thnn_conv2d": "ATen", "_slow_conv2d": "ATen"}
    used = sorted({text for name, text in convolutions.items() if any(name in key for key in counts)})
    if used:
        found["convolution"] = ", ".join(used)
    marks = ("triton", "CompiledFunction", "Torch-Compiled Region")
    found["compiled"] = "yes" if any(mark in key for key in counts for mark in marks) else "no"
    return found
