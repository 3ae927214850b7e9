"""The student's own run: public checks only, on her own code in this process, with the comparisons that grading uses."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from .assignment import Assignment, CheckSpec, Question
from .direct import Direct
from .errors import CourseError, InputError
from .loading import CodeFolder
from .outcome import CheckResult, Finding, Outcome
from .plugin import Suite, SuitePlugin, results
from .proxy import Backend

CONFIGURATION = Path(__file__).with_name("pytest.ini")
YOU = "you"


class InThisProcess:
    """A provider of one submission that is called in this process; each question sees its own files and rules, as in grading."""

    def __init__(self, assignment: Assignment, code: CodeFolder, folder: Path) -> None:
        self.assignment = assignment
        self.code = code
        self.folder = folder
        self.directs: dict[str, Direct] = {}

    def backend(self, student: str, question: Question) -> Backend:
        if question.id not in self.directs:
            sources = {name: self.code.sources[name] for name in self.assignment.visible(question, self.code.sources)}
            modules, forbidden = self.assignment.modules, question.environment.forbidden
            self.directs[question.id] = Direct(CodeFolder(sources, self.code.path, modules=modules, forbidden=forbidden))
        return self.directs[question.id]

    def files(self, student: str, question: Question) -> dict[str, bytes]:
        if self.folder.is_file():
            return {self.folder.name: self.folder.read_bytes()}
        claimed = [self.folder / name for name in question.files if name.endswith("/")]
        paths = [*self.folder.iterdir(), *(path for folder in claimed for path in folder.rglob("*"))]
        paths = [path for path in sorted(paths) if path.is_file() and not path.name.startswith(".")]
        there = {path.relative_to(self.folder).as_posix(): path for path in paths}
        return {name: there[name].read_bytes() for name in self.assignment.visible(question, there)}

    def recall(self, student: str, spec: CheckSpec) -> CheckResult | None:
        return None

    def remember(self, student: str, result: CheckResult) -> None:
        return None

    def reset(self) -> None:
        self.directs.clear()


class Collector:
    """Gathers results as they are reported, and what pytest itself could not run."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int, CheckResult]] = []
        self.broken: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a check's result, or note that its fixtures broke."""
        if report.when == "call":
            self.rows += results(report.user_properties)
        if report.failed:
            self.broken.append(f"{report.nodeid}: {report.longreprtext}")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a suite that cannot be read."""
        if report.failed:
            self.broken.append(f"{report.nodeid}: {report.longrepr}")


def check(assignment: Assignment, folder: Path, question: str = "") -> list[CheckResult]:
    """Run the public checks of `assignment`, or of one question of it, on the code in `folder`, in this process.

    Raises InputError where the folder holds no code or there is no such question, CourseError where the checks are broken.
    """
    known = [one.id for one in assignment.questions]
    if question and question not in known:
        raise InputError(f"{assignment.slug} has no question {question!r}; it has {', '.join(known)}")
    code = read_code(assignment, folder)
    collector = Collector()
    plugin = SuitePlugin(Suite(assignment, only=question), [YOU], InThisProcess(assignment, code, folder))
    with _inside(folder):
        run_pytest([str(assignment.folder / "checks")], [plugin, collector])
    if collector.broken:
        raise CourseError("the checks could not run; please tell the course staff:\n" + "\n".join(collector.broken))
    return [result for _, _, result in collector.rows]


def read_code(assignment: Assignment, folder: Path) -> CodeFolder:
    """The student's files. Raises InputError where there are none."""
    wanted = ", ".join(assignment.files)
    if not folder.exists():
        raise InputError(f"{folder} does not exist; give the folder that holds {wanted}")
    code = CodeFolder.read(folder, modules=assignment.modules)
    there = {folder.name} if folder.is_file() else {path.name for path in folder.iterdir()}
    if not any(name.endswith((".py", ".ipynb")) for name in code.sources) and not there & set(assignment.files):
        raise InputError(f"{folder} holds neither a .py file nor a notebook; wanted {wanted}")
    return code


def run_pytest(arguments: list[str], plugins: list[Any]) -> str:
    """Run pytest on suites, deaf to the user's own plugins and options; return what it printed.

    Raises CourseError where pytest could not run at all, KeyboardInterrupt where somebody pressed Ctrl-C.
    """
    output = io.StringIO()
    interrupts = _Interrupts()
    base = ["-c", str(CONFIGURATION), "--rootdir", str(Path(arguments[0]).parent)]
    with _environment(), contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        status = pytest.main([*base, *arguments], plugins=[interrupts, *plugins])
    if interrupts.met:
        raise KeyboardInterrupt
    if status in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR):
        raise CourseError(f"pytest could not run the suite:\n{output.getvalue()}")
    return output.getvalue()


class _Interrupts:
    """Remembers Ctrl-C, which pytest keeps to itself."""

    met = False

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        # pytest's own Interrupted, for suites that cannot be collected, comes the same way.
        self.met = excinfo.type is KeyboardInterrupt


@contextlib.contextmanager
def _environment() -> Iterator[None]:
    """No plugins or options that happen to be installed or set around us."""
    saved = {name: os.environ.pop(name, None) for name in ("PYTEST_ADDOPTS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PYTEST_PLUGINS")}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update({name: value for name, value in saved.items() if value is not None})


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """The student's code opens its own data files relative to its folder."""
    before = Path.cwd()
    os.chdir(folder if folder.is_dir() else folder.parent)
    try:
        yield
    finally:
        os.chdir(before)


def describe(assignment: Assignment, outcomes: Sequence[CheckResult], question: str = "") -> str:
    """The run as plain text: every check that is not passed with its reason, then the points, of one question where it was one."""
    lines = []
    for result in outcomes:
        spec = assignment.check(result.check)
        mark = {Outcome.PASSED: "pass", Outcome.PARTIAL: "part"}.get(result.outcome, "FAIL")
        lines.append(f"[{mark}] {result.check}: {spec.title['en']}  {result.points:g}/{result.max_points:g}")
        lines += [f"       {line}" for line in explain(result.finding)]
        if result.outcome is not Outcome.PASSED and spec.section:
            lines.append(f"       see the handout, section {spec.section}")
    earned, reachable = sum(r.points for r in outcomes), sum(r.max_points for r in outcomes)
    asked = [one for one in assignment.questions if question in ("", one.id)]
    hidden = sum(one.automatic_points for one in asked) - reachable
    rubric = sum(one.rubric_points for one in asked)
    bonus = f" Of all points {assignment.bonus_points:g} are a bonus." if assignment.bonus_points and not question else ""
    lines.append("")
    lines.append(f"Public checks: {earned:g} of {reachable:g} points.")
    lines.append(f"Hidden checks, run after you hand in: {hidden:g} points. Graded by a TA: {rubric:g} points.{bonus}")
    return "\n".join(lines)


def explain(finding: Finding) -> list[str]:
    """A finding as lines of plain text, in full: it is the student's own run."""
    rows = (finding.difference or finding.message).splitlines()
    for name, value in (("got", finding.got), ("wanted", finding.wanted), ("on the input", finding.inputs)):
        rows += [f"{name}:", *[f"  {line}" for line in value.splitlines()]] if value else []
    rows += [*finding.detail.rstrip().splitlines()] if finding.detail else []
    rows += [finding.lesson] if finding.lesson else []
    return rows
