"""How long a report of many runs takes: records of 10 000 runs are made up, read, worked out and written as a page.

What is measured is the command itself, `sanjeh report bench`, in a process of its own: its CPU seconds, libraries and all, and the most
memory it ever had. The ratio is to reading the same file as plain JSON, which any program has to do first.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.engine.measure import timed
from benchmarks.engine.record import Device, Memory, Metric, Predictions, Record, Size, Split, Timing
from benchmarks.engine.task import HOUSE, Case, Outcome, Setting, Task

RUNS: dict[Size, tuple[int, ...]] = {"small": (1_000, 10_000), "full": (1_000, 10_000)}
SEEDS = 10
ITEMS = 200
ONE_REPORT = """
import resource, sys
from pathlib import Path
from graders.cli import main
main(["report", "bench", sys.argv[1], "-o", sys.argv[2]], standalone_mode=False)
used = resource.getrusage(resource.RUSAGE_SELF)
status = Path("/proc/self/status")
# ru_maxrss counts what the parent had when it forked; VmHWM begins anew with the program
lines = status.read_text().splitlines() if status.is_file() else []
peak = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), used.ru_maxrss)
print(used.ru_utime + used.ru_stime, peak)
"""


@dataclass(frozen=True)
class Cost:
    """What one report cost: wall clock and CPU seconds, most memory (MB = 2^20), size of the page (MB)."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    page_mb: float


def cases(size: Size) -> Sequence[Case]:
    """Name the lengths."""
    return [Case(f"{runs} runs", {"runs": runs, "seeds": SEEDS, "items": ITEMS}, seconds=runs / 1000) for runs in RUNS[size]]


def made_up(path: Path, runs: int, seed: int) -> None:
    """Write records of so many runs: ten seeds to a case, 200 test items in 20 groups, curves of 30 epochs."""
    rng = np.random.default_rng(seed)
    labels, groups = np.arange(ITEMS) % 10, np.arange(ITEMS) // 10
    names = tuple(f"class {number}" for number in range(10))
    device = Device("cpu", "made up", 2, 24_000, "none", None)
    base = Record(
        "", "made up", "", {}, 0, "small", "ok", Metric("accuracy", True), "", "2026-01-01T00:00:00+00:00", device=device
    )
    with path.open("w", encoding="utf-8") as file:
        for number in range(runs):
            level = 0.3 + 0.6 * (number // SEEDS) / (runs / SEEDS)
            predicted = np.where(rng.random(ITEMS) < level, labels, (labels + 1) % 10)
            one = replace(
                base,
                identity=f"{number:032x}",
                case=f"case {number // SEEDS}",
                seed=number % SEEDS,
                metrics={"accuracy": float((predicted == labels).mean())},
                split=Split("made up", 800, 0, ITEMS, "items"),
                predictions=Predictions.of_classes(labels, predicted, groups=groups, names=names),
                curves={name: tuple(rng.random(30).tolist()) for name in ("accuracy", "validation_accuracy", "loss")},
                parameters=1000 + number // SEEDS,
                times={"train": Timing((float(rng.random()),))},
            )
            file.write(one.to_json() + "\n")


def reported(records: Path, folder: Path) -> Cost:
    """Have a new process write the report of `records` into `folder`."""
    command = [sys.executable, "-c", ONE_REPORT, str(records), str(folder)]
    done, seconds = timed(lambda: subprocess.run(command, capture_output=True, text=True, cwd=HOUSE, check=True))
    cpu, peak = map(float, done.stdout.split()[-2:])
    return Cost(seconds, cpu, peak / 1024, (folder / "index.html").stat().st_size / 2**20)


def run(case: Case, setting: Setting) -> Outcome:
    """Make the records, read them as JSON, and have a new process make the page."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.jsonl"
        made_up(path, case.config["runs"], setting.seed)
        _, plain = timed(lambda: [json.loads(line) for line in path.open(encoding="utf-8")])
        cost = reported(path, Path(folder) / "report")
        megabytes = path.stat().st_size / 2**20
    return Outcome(
        {
            "seconds": cost.seconds,
            "cpu_seconds": cost.cpu_seconds,
            "ratio_to_json": cost.seconds / plain,
            "page_mb": cost.page_mb,
            "records_mb": megabytes,
            "peak_mb": cost.peak_mb,
        },
        memory=Memory(round(cost.peak_mb, 1), 0.0),
    )


TASK = Task(
    name="report",
    title="A report of many runs: from records to a page, in a process of its own",
    metric=Metric("seconds", higher_is_better=False, unit="s", of="run"),
    cases=cases,
    run=run,
    seeds={"small": 3, "full": 5},
)
