"""What a file in benchmarks/tasks/ declares: a module-level `TASK`. No list names the tasks; a new file is a new task.

    TASK = Task(
        name="digits", title="…", metric=Metric("accuracy", higher_is_better=True), datasets=("digits",),
        cases=cases, run=run, seeds={"small": 3, "full": 10},
    )

`cases(size)` says what is compared, `run(case, setting)` does one case with one seed and returns an `Outcome`. A task that trains
all seeds of a case together gives `run_all(case, settings)` instead, one outcome per setting. Neither writes records, catches
errors or looks at clocks that the engine reads anyway.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import cast

from benchmarks.engine.record import Energy, Json, Memory, Metric, Predictions, Size, Split, Throughput, Timing
from graders.kit.errors import InputError
from seeds.choice import active
from seeds.datasets import Dataset

TASKS = Path(__file__).parents[1] / "tasks"
HOUSE = TASKS.parents[1]


@dataclass(frozen=True)
class Case:
    """One thing that is compared.

    Attributes:
        name: its label in tables, unique in the task.
        config: all that decides its result, as plain JSON.
        sources: files, relative to the house, whose code is compared; the task's own file counts anyway.
        seconds: what one seed is thought to cost on one core, until it has been measured.
        reported: ids in seeds/figures/reported.csv of what the documents say about it.
        one_seed: no seed changes what comes out, so one is run.
        lacks: what this machine has not and the case needs, and how to get it; "" where it can be run.
    """

    name: str
    config: Mapping[str, Json]
    sources: tuple[str, ...] = ()
    seconds: float = 1.0
    reported: tuple[str, ...] = ()
    one_seed: bool = False
    lacks: str = ""


@dataclass(frozen=True)
class Setting:
    """With what a case is run: which seed, at which size, on which device ("cpu" or "cuda")."""

    seed: int
    size: Size
    device: str

    def dataset(self, name: str) -> Dataset:
        """Give the data set that is in use under that name; it has passed the audit, or the record says that it has not."""
        return active(name)


@dataclass(frozen=True)
class Outcome:
    """What came out of one run; the fields are those of `Record`. `memory` and `energy` are measured by the engine where None."""

    metrics: Mapping[str, float]
    split: Split | None = None
    predictions: Predictions | None = None
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)
    parameters: int | None = None
    times: Mapping[str, Timing] = field(default_factory=dict)
    throughput: Throughput | None = None
    kernel: Mapping[str, str] = field(default_factory=dict)
    memory: Memory | None = None
    energy: Energy | None = None


@dataclass(frozen=True)
class Task:
    """What is compared, on what, by which metric.

    Attributes:
        name: as typed after `sanjeh bench`.
        title: one line for people.
        metric: what decides, and its direction.
        datasets: names of the data sets that must pass their audit first.
        cases: what is compared at a size.
        run: does one case with one seed; None where `run_all` does.
        run_all: does one case with many seeds at once.
        seeds: how many seeds, 0, 1, 2, ..., by size.
        devices: where it can run.
        version: raise it when the meaning of a config changes: older records no longer count as done.
        needs: packages that must be importable, or all runs are "not run here".
    """

    name: str
    title: str
    metric: Metric
    cases: Callable[[Size], Sequence[Case]]
    seeds: Mapping[Size, int]
    run: Callable[[Case, Setting], Outcome] | None = None
    run_all: Callable[[Case, Sequence[Setting]], Sequence[Outcome]] | None = None
    datasets: tuple[str, ...] = ()
    devices: tuple[str, ...] = ("cpu",)
    version: int = 1
    needs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a task that cannot be run."""
        if (self.run is None) == (self.run_all is None):
            raise ValueError(f"task {self.name!r} should have either run or run_all")


def declares(path: Path) -> bool:
    """Tell whether a file assigns `TASK` at its top level, without importing it: scripts beside the tasks import heavy packages."""
    return _call(path) is not None


def _call(path: Path) -> ast.Call | None:
    """Give the expression that a file assigns to `TASK`; None where there is no task, an empty call where it is made otherwise."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id == "TASK" for target in targets):
            value = getattr(node, "value", None)
            return value if isinstance(value, ast.Call) else ast.Call(ast.Name("TASK"), [], [])
    return None


def _spelt(path: Path) -> dict[str, object]:
    """Give what is spelled out in a file's task, such as its name and title, without importing it; {} where there is none."""
    call = _call(path)
    return {one.arg: one.value.value for one in call.keywords if one.arg and isinstance(one.value, ast.Constant)} if call else {}


def titles() -> dict[str, str]:
    """Give the title of every task by its name, read from the files without importing them: a report needs no more of them."""
    spelt = [_spelt(path) for path in sorted(TASKS.glob("*.py"))]
    return {str(one["name"]): str(one.get("title", one["name"])) for one in spelt if "name" in one}


def _import(path: Path) -> Task:
    return cast(Task, import_module(f"benchmarks.tasks.{path.stem}").TASK)


def discover() -> dict[str, tuple[Task, Path]]:
    """Find every task and its file, by name."""
    found: dict[str, tuple[Task, Path]] = {}
    for path in sorted(TASKS.glob("*.py")):
        if not declares(path):
            continue
        task = _import(path)
        if task.name in found:
            raise ValueError(f"{path.name} and {found[task.name][1].name} both declare the task {task.name!r}")
        found[task.name] = (task, path)
    return found


def get(name: str) -> tuple[Task, Path]:
    """Give the task of that name and its file. The others are left unread: they need packages that this one may do without.

    Raises:
        InputError: there is none.
    """
    if len(files := [path for path in sorted(TASKS.glob("*.py")) if _spelt(path).get("name") == name]) == 1:
        return _import(files[0]), files[0]
    known = discover()
    if name not in known:
        raise InputError(f"got {name!r} as the name of a benchmark, wanted one of: {', '.join(sorted(known))}")
    return known[name]
