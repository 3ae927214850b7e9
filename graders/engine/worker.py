"""The pytest plugin of a grading worker: reads the plan, opens one warm sandbox, and runs the suites on each submission.

A worker reads only the submission that it is grading, so that memory does not grow with the class.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from graders.kit.assignment import Assignment, CheckSpec, Environment, Question, load
from graders.kit.direct import Direct
from graders.kit.errors import HouseFault
from graders.kit.loading import CodeFolder
from graders.kit.outcome import CheckResult
from graders.kit.plugin import Suite, SuitePlugin
from graders.kit.proxy import Backend

from .intake import Entry, read
from .sandbox import Job, Sandbox
from .sandbox import Limits as SandboxLimits
from .session import PLAN_KEY, Plan
from .verdicts import Verdicts


class _Submissions:
    """What both providers share: the submission at hand, read when it is first asked for, and the verdicts so far."""

    def __init__(self, assignment: Assignment, entries: dict[str, Entry], verdicts: Verdicts) -> None:
        self.assignment = assignment
        self.entries = entries
        self.verdicts = verdicts
        self.student = ""
        self.content: dict[str, bytes] = {}

    def files(self, student: str, question: Question) -> dict[str, bytes]:
        """What that student handed in and the question may see."""
        if self.student != student:
            self.content, self.student = read(self.entries[student]).files, student
        return {name: self.content[name] for name in self.assignment.visible(question, self.content)}

    def recall(self, student: str, spec: CheckSpec) -> CheckResult | None:
        """The verdict on equal files."""
        return self.verdicts.recall(spec.id, self.files(student, self.assignment.question_of(spec.id)))

    def remember(self, student: str, result: CheckResult) -> None:
        """Keep a verdict for whoever hands in equal files."""
        self.verdicts.remember(result, self.files(student, self.assignment.question_of(result.check)))


class SandboxProvider(_Submissions):
    """Backends in a sandbox: one job at a time, made anew for each question of each submission.

    Questions with the same packages and rules share a warm sandbox, which starts when the first of them is graded.
    """

    def __init__(self, assignment: Assignment, entries: dict[str, Entry], verdicts: Verdicts) -> None:
        super().__init__(assignment, entries, verdicts)
        self.sandboxes: dict[Environment, Sandbox] = {}
        self.job: tuple[tuple[str, str], Job] | None = None

    def backend(self, student: str, question: Question) -> Backend:
        """The job of that submission and question, started where it does not run yet."""
        key = (student, question.id)
        if self.job is None or self.job[0] != key:
            self._close_job()
            sandbox = self._sandbox(question.environment)
            self.job = (key, sandbox.job(self.files(student, question), self.assignment.modules))
        return self.job[1]

    def reset(self) -> None:
        """Close the job and all sandboxes; the next backend starts afresh."""
        self._close_job()
        for sandbox in self.sandboxes.values():
            sandbox.close()

    def _sandbox(self, environment: Environment) -> Sandbox:
        if environment not in self.sandboxes:
            limits = SandboxLimits(memory_mb=environment.memory_mb)
            self.sandboxes[environment] = Sandbox(environment.packages, environment.forbidden, limits)
        return self.sandboxes[environment]

    def _close_job(self) -> None:
        job, self.job = self.job, None
        if job is not None:
            job[1].close()


class DirectProvider(_Submissions):
    """Backends in this process, without isolation: `--no-sandbox`, for code that one trusts."""

    def __init__(self, assignment: Assignment, entries: dict[str, Entry], verdicts: Verdicts) -> None:
        super().__init__(assignment, entries, verdicts)
        self.direct: tuple[tuple[str, str], Direct] | None = None
        self.folder: tempfile.TemporaryDirectory[str] | None = None

    def backend(self, student: str, question: Question) -> Backend:
        """That submission, loaded in this process; its files lie in the working directory, as in the sandbox."""
        key = (student, question.id)
        if self.direct is None or self.direct[0] != key:
            files = self.files(student, question)
            self._lay_out(files)
            code = {name: content for name, content in files.items() if name.endswith((".py", ".ipynb"))}
            folder = CodeFolder(code, modules=self.assignment.modules, forbidden=question.environment.forbidden)
            self.direct = (key, Direct(folder))
        return self.direct[1]

    def _lay_out(self, files: dict[str, bytes]) -> None:
        before, self.folder = self.folder, tempfile.TemporaryDirectory(prefix="sanjeh-")
        for name, content in files.items():
            path = Path(self.folder.name) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        os.chdir(self.folder.name)
        if before:
            before.cleanup()

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
    verdicts = Verdicts(Path(plan.verdicts))
    provider = (SandboxProvider if plan.sandboxed else DirectProvider)(assignment, entries, verdicts)
    suite = Suite(assignment, Path(plan.reference), Path(plan.mistakes))
    config.add_cleanup(provider.reset)
    config.pluginmanager.register(Patience(), "sanjeh-patience")
    config.pluginmanager.register(SuitePlugin(suite, plan.students(), provider), "sanjeh-suite")
