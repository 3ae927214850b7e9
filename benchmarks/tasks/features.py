"""Features of a data set: one process against a pool, the second run against the first, and memory against the number of files.

    python -m benchmarks.tasks.features [--workers 2] [--repeat 3] [--engine numpy] [--scale 1.0] [--record]

Files are written for the purpose: 7 500 one-second clips at 16 kHz, as the course's speakers (its report: 69.5 s in one process, 37.7 s
in a pool, 1.84 times, for `Trio`), and 400 half minutes at 22.05 kHz, as its genres. Each pair is run in turn, several times, and the
least of each counts: other work on the machine only adds. Where others use the cores, two processes may get no more of them than
one, and wall clock says nothing; so CPU seconds are counted too. On free cores the pool would take at most what the first process spends,
all of it beside nobody, and the workers' share each; at least all CPU seconds shared evenly. The speed-up lies between the two. The
second run opens the data set anew. Files are in the system's cache.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from scipy.io import wavfile

from benchmarks.engine.record import Metric, Size, Throughput, Timing
from benchmarks.engine.task import Case, Outcome, Setting, Task
from graders.engine.course import HOUSE
from graders.engine.grading import versions
from graders.engine.ledger import now
from seeds.datasets.base import Dataset
from seeds.datasets.wav import FolderFiles, Recordings
from seeds.features import Engine, LogMel, Mfcc, Parameters, Trio, compute

RECORDS = HOUSE / "benchmarks" / "records" / "commands" / "features.jsonl"


@dataclass(frozen=True)
class Work:
    """So many files of `seconds` at `rate` Hz, and what to compute of them."""

    name: str
    files: int
    seconds: float
    rate: int
    parameters: Parameters


WORKS = (
    Work("trio, 1 s", 7500, 1.0, 16_000, Trio()),
    Work("mfcc + deltas, 1 s", 7500, 1.0, 16_000, Mfcc(deltas=2)),
    Work("mfcc, 30 s", 400, 30.0, 22_050, Mfcc()),
    Work("log-mel 128 × 128, 30 s", 400, 30.0, 22_050, LogMel()),
)


@dataclass(frozen=True)
class Measured:
    """One work. Seconds are wall clock, or CPU of all processes (`own`: of the first alone), of the repeat that took least; `load` is
    the load average before.
    """

    work: str
    engine: str
    files: int
    workers: int
    repeats: int
    serial_s: float
    pool_s: float
    cached_s: float
    serial_cpu_s: float
    pool_own_cpu_s: float
    pool_cpu_s: float
    load: float

    @property
    def speedup(self) -> float:
        """The pool against one process."""
        return self.serial_s / self.pool_s

    @property
    def attainable(self) -> tuple[float, float]:
        """The pool against one process on free cores, by CPU seconds: at least, at most."""
        cores = min(self.workers, os.cpu_count() or 1)
        shared = (self.pool_cpu_s - self.pool_own_cpu_s) / cores
        return self.serial_cpu_s / (self.pool_own_cpu_s + shared), self.serial_cpu_s / (self.pool_cpu_s / cores)

    @property
    def reuse(self) -> float:
        """The second run against the first, both in the pool."""
        return self.pool_s / self.cached_s


def write_files(folder: Path, work: Work) -> None:
    """Noise whose loudness changes; what sounds does not matter for the time."""
    for number in range(work.files):
        random = np.random.default_rng(number)
        n = int(work.seconds * work.rate)
        samples = random.normal(scale=3000, size=n) * np.interp(np.arange(n), np.linspace(0, n, 8), random.uniform(0.1, 1, 8))
        wavfile.write(folder / f"{number:05}.wav", work.rate, samples.astype(np.int16))


def open_files(folder: Path, work: Work) -> Dataset:
    """The files as a data set, nothing read yet."""
    files = FolderFiles(folder)
    ids = np.array(files.names)
    signals = Recordings(files, files.names, work.rate, work.rate)
    return Dataset("bench", signals, work.rate, np.zeros(len(ids), dtype=np.int64), ("all",), ids, np.array([""] * len(ids)), ids)


@dataclass(frozen=True)
class Run:
    """One run: seconds of wall clock, of CPU in this process and in all, and a look at its result."""

    wall: float
    own: float
    cpu: float
    result: bytes


def timed(folder: Path, work: Work, engine: Engine, workers: int, cache: Path) -> Run:
    """Open the files and compute."""
    os.environ["SANJEH_CACHE"] = str(cache)
    start, (own, others) = time.perf_counter(), _cpu()
    frames = compute(open_files(folder, work), work.parameters, engine=engine, workers=workers)
    wall, (own_after, others_after) = time.perf_counter() - start, _cpu()
    own, others = own_after - own, others_after - others
    return Run(wall, own, own + others, frames.frames[-50:].tobytes())


def _cpu() -> tuple[float, float]:
    """CPU seconds of this process, and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return used[0].ru_utime + used[0].ru_stime, used[1].ru_utime + used[1].ru_stime


def measure(work: Work, engine: Engine, workers: int, repeats: int) -> Measured:
    """Run one process, the pool and the second run in turn."""
    load, alone, pool, again = os.getloadavg()[0], [], [], []
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / "files"
        folder.mkdir()
        write_files(folder, work)
        work.parameters.compute(open_files(folder, work).waveforms[0], work.rate, engine)  # compile what is compiled once ever
        for turn in range(repeats):
            alone.append(timed(folder, work, engine, 1, Path(base) / f"alone{turn}"))
            pool.append(timed(folder, work, engine, workers, Path(base) / f"pool{turn}"))
            again.append(timed(folder, work, engine, workers, Path(base) / f"pool{turn}"))
    if len({run.result for run in (*alone, *pool, *again)}) != 1:
        raise SystemExit("features of one process and of the pool differ")
    thrifty = min(pool, key=lambda run: run.cpu)
    return Measured(
        *(work.name, engine, work.files, workers, repeats),
        serial_s=min(run.wall for run in alone),
        pool_s=min(run.wall for run in pool),
        cached_s=min(run.wall for run in again),
        serial_cpu_s=min(run.cpu for run in alone),
        pool_own_cpu_s=thrifty.own,
        pool_cpu_s=thrifty.cpu,
        load=load,
    )


PEAK = """
import resource, sys
from pathlib import Path
from benchmarks.tasks.features import WORKS, open_files
from seeds.features import compute

work = WORKS[int(sys.argv[1])]
compute(open_files(Path(sys.argv[2]), work).choose(range(int(sys.argv[3]))), work.parameters, workers=2)
print(max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024)
"""


def peaks(place: int, scale: float) -> list[tuple[int, float]]:
    """Peak MB of the largest process, for a tenth of the files, for half and for all, each in a process of its own."""
    work = scaled(WORKS[place], scale)
    found = []
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / "files"
        folder.mkdir()
        write_files(folder, work)
        for count in (work.files // 10, work.files // 2, work.files):
            environment = {**os.environ, "SANJEH_CACHE": f"{base}/cache"}
            command = [sys.executable, "-c", PEAK, str(place), str(folder), str(count)]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=HOUSE)
            found.append((count, float(done.stdout)))
    return found


def scaled(work: Work, scale: float) -> Work:
    """The same with more or fewer files."""
    return Work(work.name, max(20, round(work.files * scale)), work.seconds, work.rate, work.parameters)


def main() -> None:
    """Measure, print tables, and with --record append to the records."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--engine", choices=["numpy", "librosa"], default="numpy")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the files")
    parser.add_argument("--record", action="store_true", help=f"append to {RECORDS.relative_to(HOUSE)}")
    options = parser.parse_args()
    print(
        f"{'work':<26} {'files':>6} {'one process s':>14} {'pool s':>8} {'ratio':>6} {'by CPU':>11} {'again s':>8} {'ratio':>6} {'load':>5}"
    )
    rows = []
    for work in WORKS:
        row = measure(scaled(work, options.scale), options.engine, options.workers, options.repeat)
        rows.append(row)
        least, most = row.attainable
        print(
            f"{row.work:<26} {row.files:>6} {row.serial_s:>14.2f} {row.pool_s:>8.2f} {row.speedup:>6.2f}"
            f" {least:>5.2f}–{most:<5.2f} {row.cached_s:>8.4f} {row.reuse:>6.0f} {row.load:>5.1f}",
            flush=True,
        )
    memory = {WORKS[place].name: peaks(place, options.scale) for place in (0, 3)}
    for name, found in memory.items():
        print(f"{name}: peak MB of the largest process: {', '.join(f'{count} files {peak:.0f}' for count, peak in found)}")
    if options.record:
        machine = f"{platform.platform()}, {os.cpu_count()} cores"
        with RECORDS.open("a", encoding="utf-8") as file:
            for row in rows:
                ratios: dict[str, float | list[float]] = {"speedup": round(row.speedup, 3), "reuse": round(row.reuse, 3)}
                ratios |= {"attainable": [round(ratio, 3) for ratio in row.attainable]}
                extra = {"peak_mb": memory[row.work]} if row.work in memory else {}
                stored = {"measured": now(), "machine": machine, "versions": versions(), **asdict(row), **ratios, **extra}
                file.write(json.dumps(stored, ensure_ascii=False) + "\n")


SCALES: dict[Size, float] = {"small": 0.1, "full": 1.0}
"""Share of the files, as `--scale`."""
WORKERS, REPEATS = 2, 3


def cases(size: Size) -> Sequence[Case]:
    """Name every work."""
    sources = ("seeds/features/extract.py", "seeds/features/spectra.py", "seeds/parallel.py")
    return [
        Case(
            work.name,
            {"work": work.name, "scale": SCALES[size], "workers": WORKERS, "repeats": REPEATS},
            sources,
            200 * SCALES[size],
        )
        for work in WORKS
    ]


def run(case: Case, setting: Setting) -> Outcome:
    """Measure one work with the NumPy engine."""
    work = next(one for one in WORKS if one.name == case.config["work"])
    kept = os.environ.get("SANJEH_CACHE")
    try:
        found = measure(scaled(work, case.config["scale"]), "numpy", WORKERS, REPEATS)
    finally:
        if kept is None:
            os.environ.pop("SANJEH_CACHE", None)
        else:
            os.environ["SANJEH_CACHE"] = kept
    least, most = found.attainable
    return Outcome(
        {"speedup": found.speedup, "attainable_low": least, "attainable_high": most, "reuse": found.reuse},
        times={name: Timing((getattr(found, f"{name}_s"),)) for name in ("serial", "pool", "cached")},
        throughput=Throughput(found.files / found.pool_s, "files/s", "pool"),
    )


TASK = Task(
    name="features",
    title="Feature extraction: a pool of processes against one, and the second run against the first",
    metric=Metric("speedup", higher_is_better=True, unit="×", of="run"),
    cases=cases,
    run=run,
    seeds={"small": 1, "full": 3},
)

if __name__ == "__main__":
    main()
