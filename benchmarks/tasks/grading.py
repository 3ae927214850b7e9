"""Seconds per submission of `sanjeh grade`, isolated, against the same checks run unprotected in a fresh Python process each.

    python -m benchmarks.tasks.grading [--sizes 20 50 200 500] [--torch] [--record]

The class is copies of a right submission, every third with a known mistake, each of different bytes; the checks are the eight of
`benchmarks/courses/functions`. Both ways run on the same number of processes, in the same run. Memory is the peak of the resident
sets of the whole process tree, sampled. Wall seconds include start-up of pytest, workers and sandboxes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from benchmarks.engine.record import Metric, Size, Throughput, Timing
from benchmarks.engine.task import Case, Outcome, Setting, Task
from graders.engine.course import HOUSE, Course
from graders.engine.grading import versions
from graders.engine.ledger import now

COURSE = HOUSE / "benchmarks" / "courses" / "functions"
RECORDS = HOUSE / "benchmarks" / "records" / "commands" / "grading.jsonl"
SLUG = "functions"
FRESH = """
import sys
from pathlib import Path
from graders.engine.course import Course
from graders.kit.loading import CodeFolder
from graders.kit.plugin import Suite, SuitePlugin
from graders.kit.run import Collector, InThisProcess, run_pytest

course, slug, folder = Course(Path(sys.argv[1])), sys.argv[2], Path(sys.argv[3])
assignment = course.assignment(slug)
suite = Suite(assignment, course.reference(slug), course.mistakes(slug))
provider = InThisProcess(assignment, CodeFolder.read(folder), folder)
collector = Collector()
run_pytest([str(course.hidden_suite(slug))], [SuitePlugin(suite, ["one"], provider), collector])
assert len(collector.rows) == 8 and not collector.broken, collector.broken
"""


@dataclass(frozen=True)
class Measured:
    """One way of grading one class. Seconds are wall clock."""

    way: str
    submissions: int
    imports_torch: bool
    workers: int
    seconds: float
    seconds_per_submission: float
    peak_mb: float


def write_class(inbox: Path, size: int, imports_torch: bool) -> None:
    """`size` submissions of different bytes, every third with a mistake."""
    right = (Course(COURSE).reference(SLUG) / "vectors.py").read_text(encoding="utf-8")
    mistake = next(Course(COURSE).mistakes(SLUG).glob("*.py")).read_text(encoding="utf-8")
    head = "import torch\n" if imports_torch else ""
    for number in range(size):
        folder = inbox / f"student {number:04}"
        folder.mkdir(parents=True)
        body = mistake.partition('"""\n')[2] if number % 3 == 0 else ""
        (folder / "vectors.py").write_text(f"{head}{right}\n{body}\n# {number}\n", encoding="utf-8")


def isolated(inbox: Path, workers: int, imports_torch: bool, base: Path) -> Measured:
    """`sanjeh grade`, the whole command."""
    course = COURSE
    if imports_torch:
        course = base / "course"
        subprocess.run(["cp", "-r", str(COURSE), str(course)], check=True)
        file = course / "assignments" / SLUG / "assignment.toml"
        file.write_text(
            file.read_text().replace('packages = ["numpy"]', 'packages = ["numpy", "torch"]').replace("= 512", "= 2048")
        )
    size = len(list(inbox.iterdir()))
    command = [sys.executable, "-m", "graders.cli", "--course", str(course), "grade", SLUG, str(inbox)]
    command += ["-o", str(base / "out"), "-n", str(workers)]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=HOUSE)
    peak = _Peak(process.pid)
    printed, _ = process.communicate()
    seconds = time.perf_counter() - start
    if process.returncode != 0 or f"Graded now: {size}." not in printed:
        raise SystemExit(f"the class was not graded:\n{printed}")
    return Measured("isolated", size, imports_torch, workers, seconds, seconds / size, peak.stop())


def fresh(inbox: Path, workers: int, imports_torch: bool, sample: int) -> Measured:
    """The same checks on the first `sample` submissions, unprotected, a fresh Python process each."""
    folders = sorted(inbox.iterdir())[:sample]
    command = [sys.executable, "-c", FRESH, str(COURSE), SLUG]
    start = time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda folder: subprocess.run([*command, str(folder)], check=True, cwd=HOUSE), folders))
    seconds = time.perf_counter() - start
    return Measured("fresh process", len(folders), imports_torch, workers, seconds, seconds / len(folders), 0.0)


class _Peak:
    """Samples the resident memory of a process tree until stopped."""

    def __init__(self, pid: int) -> None:
        self.process = psutil.Process(pid)
        self.peak = 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._sample, daemon=True)
        self.thread.start()

    def _sample(self) -> None:
        while not self.done.wait(0.1):
            total = 0
            try:
                for one in (self.process, *self.process.children(recursive=True)):
                    total += one.memory_info().rss
            except psutil.Error:
                continue
            self.peak = max(self.peak, total)

    def stop(self) -> float:
        """The peak in MB."""
        self.done.set()
        self.thread.join()
        return self.peak / 2**20


def main() -> None:
    """Measure, print a table, and with --record append to the records."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20, 50, 200, 500])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sample", type=int, default=50, help="submissions graded the unprotected way")
    parser.add_argument("--torch", action="store_true", help="every submission imports torch")
    parser.add_argument("--record", action="store_true", help=f"append to {RECORDS.relative_to(HOUSE)}")
    options = parser.parse_args()
    rows = []
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            base = Path(folder)
            write_class(base / "inbox", size, options.torch)
            rows.append(isolated(base / "inbox", options.workers, options.torch, base))
            rows.append(fresh(base / "inbox", options.workers, options.torch, min(size, options.sample)))
    print(f"{'class':>6} {'isolated s/sub':>15} {'fresh s/sub':>12} {'ratio':>6} {'peak MB':>8}")
    for ours, theirs in zip(rows[::2], rows[1::2], strict=True):
        ratio = theirs.seconds_per_submission / ours.seconds_per_submission
        print(
            f"{ours.submissions:>6} {ours.seconds_per_submission:>15.3f} {theirs.seconds_per_submission:>12.3f}"
            f" {ratio:>6.1f} {ours.peak_mb:>8.0f}"
        )
    if options.record:
        machine = f"{platform.platform()}, {os.cpu_count()} cores"
        with RECORDS.open("a", encoding="utf-8") as file:
            for row in rows:
                file.write(json.dumps({"measured": now(), "machine": machine, "versions": versions(), **asdict(row)}) + "\n")


SIZES: dict[Size, tuple[int, ...]] = {"small": (20,), "full": (20, 50, 200, 500)}
WORKERS, SAMPLE = 2, 50


def cases(size: Size) -> Sequence[Case]:
    """Name every size of class, with NumPy alone and with torch."""
    sources = ("graders/engine/session.py", "graders/engine/sandbox/session.py", "graders/engine/sandbox/inside/zygote.py")
    return [
        Case(
            f"class of {count}{', torch' if torch else ''}",
            {"submissions": count, "imports_torch": torch, "workers": WORKERS, "sample": SAMPLE},
            sources,
            count * (0.8 if torch else 0.2) + 5,
        )
        for torch in (False, True)
        for count in SIZES[size]
    ]


def run(case: Case, setting: Setting) -> Outcome:
    """Grade one class both ways."""
    count, torch = case.config["submissions"], case.config["imports_torch"]
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        write_class(base / "inbox", count, torch)
        ours = isolated(base / "inbox", WORKERS, torch, base)
        theirs = fresh(base / "inbox", WORKERS, torch, min(count, SAMPLE))
    ratio = theirs.seconds_per_submission / ours.seconds_per_submission
    return Outcome(
        {"ratio": ratio, "seconds_per_submission": ours.seconds_per_submission, "peak_mb": ours.peak_mb},
        times={"isolated": Timing((ours.seconds,)), "fresh": Timing((theirs.seconds,))},
        throughput=Throughput(1 / ours.seconds_per_submission, "submissions/s", "isolated"),
    )


TASK = Task(
    name="grading",
    title="Grading a class in sandboxes: how many times faster than a fresh unprotected process each",
    metric=Metric("ratio", higher_is_better=True, unit="×", of="run"),
    cases=cases,
    run=run,
    seeds={"small": 1, "full": 3},
)

if __name__ == "__main__":
    main()
