"""The pytest plugin of a grading worker: reads the plan, opens one warm sandbox, and runs the suites on each submission.

A worker reads only the submission that it is grading, so that memory does not grow with the class.
"""

from __future__ import annotations

import signal
from collections.abc import Generator
from pathlib import Path

import pytest

from graders.kit.assignment import Assignment, load
from graders.kit.direct import Direct
from graders.kit.errors import HouseFault
from graders.kit.loading import CodeFolder
from graders.kit.plugin import Suite, SuitePlugin
from graders.kit.proxy import Backend

from .intake import Entry, read
from .sandbox import Job, Sandbox
from .sandbox import Limits as SandboxLimits
from .session import PLAN_KEY, Plan


class _Submissions:
    """What both providers share: the submission at hand, read when it is first asked for."""

    def __init__(self, assignment: Assignment, entries: dict[str, Entry]) -> None:
        self.assignment = assignment
        self.entries = entries
        self.student = ""
        self.content: dict[str, bytes] = {}

    def files(self, student: str) -> dict[str, bytes]:
        """What that student handed in."""
        if self.student != student:
            self.content, self.student = read(self.entries[student]).files, student
        return self.content


class SandboxProvider(_Submissions):
    """Backends in a sandbox: one warm sandbox, one job at a time, made anew for each submission."""

    def __init__(self, assignment: Assignment, entries: dict[str, Entry]) -> None:
        super().__init__(assignment, entries)
        self.sandbox = Sandbox(
            packages=assignment.packages,
            forbidden=assignment.forbidden,
            limits=SandboxLimits(memory_mb=assignment.memory_mb),
        )
        self.job: tuple[str, Job] | None = None

    def backend(self, student: str) -> Backend:
        """The job of that submission, started where it does not run yet."""
        if self.job is None or self.job[0] != student:
            self._close_job()
            self.job = (student, self.sandbox.job(self.files(student), self.assignment.modules))
        return self.job[1]

    def reset(self) -> None:
        """Close job and sandbox; the next backend starts both afresh."""
        self._close_job()
        self.sandbox.close()

    def _close_job(self) -> None:
        job, self.job = self.job, None
        if job is not None:
            job[1].close()


class DirectProvider(_Submissions):
    """Backends in this process, without isolation: `--no-sandbox`, for code that one trusts."""

    def __init__(self, assignment: Assignment, entries: dict[str, Entry]) -> None:
        super().__init__(assignment, entries)
        self.direct: tuple[str, Direct] | None = None

    def backend(self, student: str) -> Backend:
        """That submission, loaded in this process."""
        if self.direct is None or self.direct[0] != student:
            code = {name: content for name, content in self.files(student).items() if name.endswith((".py", ".ipynb"))}
            folder = CodeFolder(code, modules=self.assignment.modules, forbidden=self.assignment.forbidden)
            self.direct = (student, Direct(folder))
        return self.direct[1]

    def reset(self) -> None:
        """Load the submission again next time."""
        self.direct = None


class Patience:
    """Ends a check in which our own code hangs: a suite, the reference, or a mistake on an input that it was not made for.

    Student code has budgets of its own, far below this. `seconds` is wall clock, per check, and again for each further attempt.
    """

    def __init__(self, seconds: float = 900.0) -> None:
        self.seconds = seconds

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_pyfunc_call(self) -> Generator[None, object, object]:
        """Ring while the check runs, and again as long as it goes on."""
        before = signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, self.seconds, self.seconds)
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            signal.signal(signal.SIGALRM, before)

    def _ring(self, *_: object) -> None:
        raise HouseFault(f"a check ran for more than {self.seconds:g} s outside the student's code")


def pytest_configure(config: pytest.Config) -> None:
    """In a worker, read the plan and register the suite plugin; in the controller, do nothing."""
    workerinput = getattr(config, "workerinput", None)
    if workerinput is None:
        return
    plan = Plan.read(Path(workerinput[PLAN_KEY]))
    assignment = load(Path(plan.assignment))
    entries = {entry["student"]: Entry.from_json(entry) for entry in plan.entries}
    provider = SandboxProvider(assignment, entries) if plan.sandboxed else DirectProvider(assignment, entries)
    suite = Suite(assignment, Path(plan.reference), Path(plan.mistakes))
    config.add_cleanup(provider.reset)
    config.pluginmanager.register(Patience(), "sanjeh-patience")
    config.pluginmanager.register(SuitePlugin(suite, plan.students(), provider), "sanjeh-suite")
