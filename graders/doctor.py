"""`sanjeh doctor`: what works on this machine, shown by trying it, and how to mend what does not."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from rich.table import Table

from graders.engine.sandbox import canaries, probe
from graders.terminal import clean, out
from seeds.datasets import discover


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `needed` says whether sanjeh cannot do its work without it."""

    what: str
    works: bool
    detail: str
    needed: bool = False


OPTIONAL = (
    ("espeakng_loader", "embedded speech data", 'pip install "sanjeh[speech]"'),
    ("torch", "submissions and models in PyTorch", "pip install torch"),
    ("librosa", "feature comparison in the tests", 'pip install "sanjeh[independent]"'),
)


def examine() -> bool:
    """Print a table of what works, and return whether everything needed does."""
    findings = [*machine(), *sandbox(), *optional()]
    table = Table("", "what", "detail", title="sanjeh doctor", title_justify="left")
    for finding in findings:
        mark = "[green]ok[/]" if finding.works else "[red]NO[/]" if finding.needed else "[yellow]no[/]"
        table.add_row(mark, clean(finding.what), clean(finding.detail))
    out.print(table)
    missing = [finding for finding in findings if finding.needed and not finding.works]
    out.print("Everything needed works here." if not missing else f"{len(missing)} things that grading needs do not work here.")
    return not missing


def machine() -> Iterator[Finding]:
    """Python, cores, GPU."""
    version = platform.python_version()
    yield Finding("Python", sys.version_info >= (3, 11), f"{version} (3.11 or newer is needed)", needed=True)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield Finding("cores", True, f"{cores}, {platform.machine()}, {platform.platform()}")
    gpu = shutil.which("nvidia-smi")
    yield Finding("GPU", bool(gpu), "an NVIDIA driver is here" if gpu else "none found; nothing of the grading needs one")
    yield Finding("data sets", True, ", ".join(sorted(discover())) or "none")


def sandbox() -> Iterator[Finding]:
    """Whether student code can be isolated, shown by attacks that must not get through."""
    able, reason = probe()
    yield Finding("sandbox", able, reason, needed=True)
    if able:
        for canary in canaries.run():
            yield Finding(f"attack: {canary.name}", canary.blocked, canary.told, needed=True)


def optional() -> Iterator[Finding]:
    """Optional parts and the command that installs each."""
    for module, what, remedy in OPTIONAL:
        here = importlib.util.find_spec(module) is not None
        yield Finding(f"{module} ({what})", here, "installed" if here else f"missing: {remedy}")
