"""One pytest session over submissions × checks, spread over processes by pytest-xdist.

This side is the controller: it hands out work, all of one submission's checks to one worker, and gathers results. A submission
is complete when every check has reported; what a crashed worker or a broken fixture leaves open ends as ungraded.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

from graders.kit.assignment import Assignment
from graders.kit.errors import CourseError
from graders.kit.outcome import CheckResult, Finding, Outcome
from graders.kit.plugin import results
from graders.kit.run import run_pytest
from seeds.threads import THREADS

from .intake import Entry

PLAN_KEY = "sanjeh_plan"
SHARD = 200  # submissions per pytest session: pytest holds every item in memory, and a bounded class keeps that bounded
NO_RESULT = "The grader broke before this check could run; it does not count, and a TA looks at it."

OnComplete = Callable[[str, tuple[CheckResult, ...]], None]


@dataclass(frozen=True)
class Plan:
    """What a worker must know: where the parts lie, which submissions to grade, and whether to isolate."""

    assignment: str
    public_suite: str
    hidden_suite: str
    reference: str
    mistakes: str
    entries: tuple[dict[str, Any], ...]
    verdicts: str
    sandboxed: bool = True

    def write(self, path: Path) -> None:
        """Write the plan as JSON."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Plan:
        """The inverse of `write`."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**data, "entries": tuple(data["entries"])})

    def students(self) -> list[str]:
        """The keys of the submissions, in the order of grading."""
        return [entry["student"] for entry in self.entries]


class BySubmission(LoadScopeScheduling):  # type: ignore[misc]
    """All checks of one submission go to one worker: they share its warm job."""

    def _split_scope(self, nodeid: str) -> str:
        return student_of(nodeid)


def student_of(nodeid: str) -> str:
    """The submission that a pytest item belongs to; its key stands between two @ in the item's name."""
    found = re.search(r"@([^@]+)@", nodeid)
    return found.group(1) if found else nodeid


class Controller:
    """Gathers results by submission and reports each submission once, when it is complete."""

    def __init__(self, assignment: Assignment, plan: Path, on_complete: OnComplete) -> None:
        self.order = [spec.id for spec in assignment.checks()]
        self.assignment = assignment
        self.plan = plan
        self.on_complete = on_complete
        self.open: dict[str, dict[str, CheckResult]] = {student: {} for student in Plan.read(plan).students()}
        self.broken: dict[str, list[str]] = {}
        self.collection: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a new worker where the plan is."""
        node.workerinput[PLAN_KEY] = str(self.plan)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> BySubmission:
        """Spread submissions, not checks."""
        return BySubmission(config, log)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a suite that cannot be read."""
        if report.failed:
            self.collection.append(f"{report.nodeid}: {report.longrepr}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take one check's result; close the submission when it was the last."""
        if report.failed:
            self.broken.setdefault(student_of(report.nodeid), []).append(report.longreprtext)
        for student, wanted, result in results(report.user_properties) if report.when == "call" else []:
            gathered = self.open.get(student, {})
            gathered[result.check] = result
            if len(gathered) == wanted == len(self.order):
                self.close(student)

    def close(self, student: str) -> None:
        """Report a submission, with an ungraded result for each check that never reported."""
        gathered = self.open.pop(student)
        detail = "\n".join(self.broken.get(student, [])) or "no result arrived"
        for check in self.order:
            if check not in gathered:
                finding = Finding(message=NO_RESULT, detail=detail[-4000:])
                gathered[check] = CheckResult(check, Outcome.UNGRADED, 0.0, self.assignment.check(check).points, finding)
        self.on_complete(student, tuple(gathered[check] for check in self.order))

    def finish(self) -> None:
        """Close what is still open. Raises CourseError where a suite could not even be read."""
        if self.collection:
            raise CourseError("a suite cannot be run:\n" + "\n".join(self.collection))
        for student in list(self.open):
            self.close(student)


def grade_shard(assignment: Assignment, plan: Plan, folder: Path, workers: int, on_complete: OnComplete) -> None:
    """Run one pytest session over the plan's submissions, and call `on_complete` with each as it is done.

    Raises CourseError where the suites themselves are broken. `folder` takes the plan; it must exist.
    """
    path = folder / "plan.json"
    plan.write(path)
    controller = Controller(assignment, path, on_complete)
    suites = [suite for suite in (plan.public_suite, plan.hidden_suite) if any(Path(suite).glob("test_*.py"))]
    options = [
        "-n",
        str(min(workers, len(plan.entries))),
        "-p",
        "xdist.plugin",
        "-p",
        "graders.engine.worker",
        "-p",
        "no:terminal",
    ]
    with _one_thread_each():
        printed = run_pytest([*suites, *options], [controller])
    if len(controller.open) == len(plan.entries) and not controller.broken and not controller.collection:
        raise CourseError(f"pytest graded nothing:\n{printed}")
    controller.finish()
    path.unlink()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let libraries use one thread in each worker, unless the environment says otherwise.

    Suites run the staff's networks there; workers that share cores and use two threads each are up to sixty times slower.
    """
    unset = [name for name in THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(unset, os.environ.get(THREADS[0], "1")))
    try:
        yield
    finally:
        for name in unset:
            del os.environ[name]


def shards(entries: Sequence[Entry], size: int = SHARD) -> list[Sequence[Entry]]:
    """The class in parts of at most `size` submissions."""
    return [entries[start : start + size] for start in range(0, len(entries), size)]
