"""From an inbox to grades in the ledger: read, skip what is finished, grade the rest, write each as it is done."""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from graders.kit.assignment import Assignment
from graders.kit.errors import CourseError, InputError, SandboxUnavailable
from graders.kit.outcome import CheckResult
from seeds.choice import active

from .course import Course
from .intake import Entry, Limits, Submission, read, scan
from .ledger import Ledger, now, opened
from .records import ClassGrades, Grade, RunInfo
from .sandbox import probe
from .session import Plan, grade_shard, shards

LEDGER = "ledger.sqlite"
RECORDED = ("sanjeh", "numpy", "scipy", "pytest", "pytest-xdist", "torch", "librosa", "espeakng-loader")


class Progress(Protocol):
    """Hears how a run goes on."""

    def begin(self, total: int) -> None:
        """So many submissions are to be graded."""
        ...

    def advance(self, name: str) -> None:
        """One more is done."""
        ...


@dataclass(frozen=True)
class Options:
    """How to grade. `workers` is the number of processes; `regrade` grades finished submissions again."""

    out: Path
    workers: int
    regrade: bool = False
    sandboxed: bool = True
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Outcomes:
    """What one run did: the class as it stands now, who was graded in this run and who was finished before."""

    grades: ClassGrades
    graded: tuple[str, ...]
    kept: tuple[str, ...]


def grade(course: Course, slug: str, inbox: Path, options: Options, progress: Progress) -> Outcomes:
    """Grade an inbox.

    Raises InputError for an inbox or ledger that cannot be used, SandboxUnavailable where student code cannot be isolated,
    CourseError where the suites are broken. One bad submission raises nothing: it becomes a grade with a problem.
    """
    assignment = course.assignment(slug)
    _check_suites(course, assignment)
    _check_packages(assignment)
    run = _run_info(course, assignment, options)
    entries = scan(inbox, assignment.files, options.limits)
    with _locked(options.out), opened(options.out / LEDGER, slug) as ledger:
        basis = _basis(run)
        finished = {} if options.regrade else ledger.finished(basis)
        run_id = ledger.start_run(run)
        todo, kept, graded = [], [], []
        for entry in entries:
            submission = read(entry)
            if finished.get(entry.student) == submission.fingerprint:
                kept.append(entry.student)
            elif submission.problem:
                graded.append(entry.student)
                ledger.write(run_id, basis, _grade(submission, ()))
            else:
                todo.append((entry, _grade(submission, ())))
        progress.begin(len(todo))
        graded += _grade_all(course, assignment, options, ledger, (run_id, basis), todo, progress)
        ledger.finish_run(run_id)
        grades = class_grades(course, assignment, ledger)
    return Outcomes(grades, tuple(graded), tuple(kept))


def class_grades(course: Course, assignment: Assignment, ledger: Ledger) -> ClassGrades:
    """The class as the ledger has it. Raises InputError where nothing was ever graded."""
    run = ledger.last_run()
    if run is None:
        raise InputError(f"the ledger has no grades of {assignment.slug}; run `sanjeh grade {assignment.slug} INBOX` first")
    return ClassGrades(assignment, run, tuple(ledger.grades()), public_checks(course, assignment.slug))


def public_checks(course: Course, slug: str) -> frozenset[str]:
    """The ids of the checks that students see, read from the source without running it."""
    return frozenset(declared_checks(course.public_suite(slug)))


def _check_suites(course: Course, assignment: Assignment) -> None:
    """Raise CourseError unless the suites define exactly the checks that have points."""
    suites = (course.public_suite(assignment.slug), course.hidden_suite(assignment.slug))
    defined = [check for suite in suites for check in declared_checks(suite)]
    listed = {spec.id for spec in assignment.checks()}
    place = assignment.folder / "assignment.toml"
    if strange := sorted(set(defined) - listed):
        raise CourseError(f"{place} has no {', '.join(strange)}, which the suites define; give points to each check")
    if lacking := sorted(listed - set(defined)):
        raise CourseError(f"{place} has {', '.join(lacking)}, which no suite defines")


def _check_packages(assignment: Assignment) -> None:
    """Raise InputError where a package that the suites or the submissions need is not installed."""
    if missing := [name for name in assignment.packages if importlib.util.find_spec(name.partition(".")[0]) is None]:
        raise InputError(
            f"grading {assignment.slug} takes {', '.join(missing)}, which this Python does not have; install it with "
            f"`pip install {' '.join(missing)}`, or with sanjeh's own extras: `pip install 'sanjeh[speech,networks,whisper]'`"
        )


def declared_checks(suite: Path) -> Sequence[str]:
    """The ids that the `@check`s of a suite's files carry, in their order; the files are parsed, not run."""
    found = []
    for path in sorted(suite.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            for call in node.decorator_list if isinstance(node, ast.FunctionDef) else []:
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "check" and call.args:
                    found.append(str(ast.literal_eval(call.args[0])))
    return found


def _grade_all(
    course: Course,
    assignment: Assignment,
    options: Options,
    ledger: Ledger,
    run: tuple[int, str],
    todo: Sequence[tuple[Entry, Grade]],
    progress: Progress,
) -> list[str]:
    """Grade in shards; write each submission to the ledger as it completes."""
    waiting = {entry.student: blank for entry, blank in todo}

    def on_complete(student: str, results: tuple[CheckResult, ...]) -> None:
        blank = waiting[student]
        ledger.write(*run, Grade(**{**blank.__dict__, "results": results}))
        progress.advance(blank.name)

    slug = assignment.slug
    with tempfile.TemporaryDirectory(prefix="sanjeh-") as folder:
        verdicts = Path(folder) / "verdicts"
        verdicts.mkdir()
        for part in shards([entry for entry, _ in todo]):
            plan = Plan(
                assignment=str(assignment.folder),
                public_suite=str(course.public_suite(slug)),
                hidden_suite=str(course.hidden_suite(slug)),
                reference=str(course.reference(slug)),
                mistakes=str(course.mistakes(slug)),
                entries=tuple(entry.to_json() for entry in part),
                verdicts=str(verdicts),
                sandboxed=options.sandboxed,
            )
            grade_shard(assignment, plan, Path(folder), options.workers, on_complete)
    return list(waiting)


def _grade(submission: Submission, results: tuple[CheckResult, ...]) -> Grade:
    return Grade(
        student=submission.student,
        name=submission.name,
        fingerprint=submission.fingerprint,
        results=results,
        files=tuple(sorted(submission.files)),
        problem=submission.problem,
        notes=submission.notes,
    )


def _run_info(course: Course, assignment: Assignment, options: Options) -> RunInfo:
    """Describe the run before it starts, and make sure of isolation and data first."""
    isolation = "none"
    if options.sandboxed:
        able, reason = probe()
        if not able:
            raise SandboxUnavailable(f"{reason}\nTo grade code that you trust without isolation, add --no-sandbox.")
        isolation = "sandbox"
    return RunInfo(
        started=now(),
        finished="",
        seed=assignment.seed,
        suite=course.suite_fingerprint(assignment.slug),
        isolation=isolation,
        versions=versions(),
        data={name: active(name).fingerprint for name in assignment.datasets},
        machine=f"{platform.platform()}, {platform.machine()}, {os.cpu_count()} cores",
    )


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that a score can depend on."""
    found = {"python": platform.python_version()}
    for name in RECORDED:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _basis(run: RunInfo) -> str:
    """Hash of all that a grade rests on besides the submission; a grade on another basis is not finished."""
    parts = [run.suite, str(run.seed), run.isolation, *(f"{name}={value}" for name, value in sorted(run.data.items()))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Only one run may write to a folder. Raises InputError where another one does."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = FileLock(out / ".lock", timeout=1)
        lock.acquire()
    except Timeout:
        raise InputError(f"another sanjeh is grading into {out} right now; wait for it or choose another -o") from None
    except OSError as error:
        raise InputError(f"cannot write to {out}: {error}; choose another folder with -o") from error
    try:
        yield
    finally:
        lock.release()
