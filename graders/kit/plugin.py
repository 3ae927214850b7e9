"""The pytest plugin that runs a suite: submissions × checks, each ending in a `CheckResult`.

The same plugin serves the student's own run (one submission, in this process) and the graded run (many, in a sandbox): a
`Provider` decides where her code lives. Results travel in each report's `user_properties`, which pytest-xdist carries to the
controller.
"""

from __future__ import annotations

import hashlib
import json
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pytest

from .assignment import Assignment, CheckSpec, Question
from .checks import Attempt, running
from .direct import Direct
from .errors import CheckFailed, CourseError, StudentFault, TimedOut, Undecided
from .loading import CodeFolder
from .mistakes import Mistakes
from .mistakes import load as load_mistakes
from .outcome import CheckResult, Finding, Outcome
from .proxy import Backend, Proxy
from .written import WrittenAnswers

ATTEMPTS = 3
PROPERTY = "sanjeh"
DETAIL_CHARACTERS = 4000


class Provider(Protocol):
    """Gives the backend of each submission."""

    def backend(self, student: str, question: Question) -> Backend:
        """The backend of that submission, ready for its next check of that question."""
        ...

    def files(self, student: str, question: Question) -> Mapping[str, bytes]:
        """What was handed in and the question's checks may see: path to content."""
        ...

    def recall(self, student: str, spec: CheckSpec) -> CheckResult | None:
        """The verdict on the same files by the same check, where there is one already."""
        ...

    def remember(self, student: str, result: CheckResult) -> None:
        """Keep a verdict for `recall`."""
        ...

    def reset(self) -> None:
        """Throw away what may be broken, so that the next `backend` is fresh."""
        ...


@dataclass(frozen=True)
class Suite:
    """What runs: the assignment, and the staff's reference and mistakes where they are at hand (`check` has neither).

    `only` is the one question whose checks run; "" is all.
    """

    assignment: Assignment
    reference: Path | None = None
    mistakes: Path | None = None
    only: str = ""


class SuitePlugin:
    """Turns every test that carries `@check` into a graded check of every submission."""

    def __init__(self, suite: Suite, students: Sequence[str], provider: Provider) -> None:
        self.assignment = suite.assignment
        self.students = list(students)
        self.provider = provider
        self.only = suite.only
        self.mistakes: Mistakes | None = None
        self.reference: Proxy | None = None
        if suite.reference:
            backend = Direct(CodeFolder.read(suite.reference))
            self.reference = Proxy(lambda module, name, args, kwargs: backend.call(module, name, args, kwargs), backend.scratch)
            self.mistakes = load_mistakes(suite.mistakes, suite.reference) if suite.mistakes else None

    # Collection ------------------------------------------------------------------------------------------------------------

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One item per submission and check."""
        if hasattr(metafunc.function, "sanjeh_check"):
            if "submission" not in metafunc.fixturenames:
                raise CourseError(
                    f"check {metafunc.function.sanjeh_check!r} takes none of student, files and answers: it checks nothing"
                )
            metafunc.parametrize("submission", self.students, indirect=True, ids=[f"@{key}@" for key in self.students])

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """All checks of one submission stand together, in the order of `assignment.toml`."""
        stray = [item.nodeid for item in items if _check_id(item) is None]
        if stray:
            raise CourseError(f"tests without @check in a suite: {', '.join(stray)}")
        if self.only:
            items[:] = [item for item in items if self.assignment.question_of(str(_check_id(item))).id == self.only]
        order = {spec.id: position for position, spec in enumerate(self.assignment.checks())}
        for item in items:
            self.assignment.check(str(_check_id(item)))
        rank = {student: position for position, student in enumerate(self.students)}
        items.sort(key=lambda item: (rank[_student(item)], order[str(_check_id(item))]))
        self.per_student = len(items) // max(1, len(self.students))
        ids = [_check_id(item) for item in items[: self.per_student]]
        if len(set(ids)) != len(ids):
            raise CourseError(f"checks that stand twice in the suites: {sorted({i for i in ids if ids.count(i) > 1}, key=str)}")

    # Fixtures --------------------------------------------------------------------------------------------------------------

    @pytest.fixture
    def submission(self, request: pytest.FixtureRequest) -> str:
        """The key of the submission under grading."""
        return str(request.param)

    @pytest.fixture
    def files(self, submission: str, request: pytest.FixtureRequest) -> Mapping[str, bytes]:
        """The submission's files as untrusted bytes, for what is parsed and not run: formulas, numbers, texts."""
        return self.provider.files(submission, self._question(request))

    @pytest.fixture
    def answers(self, files: Mapping[str, bytes]) -> WrittenAnswers:
        """The submission's written answers, for assignments with a `formulas.toml`."""
        return WrittenAnswers(self.assignment.folder, files)

    @pytest.fixture
    def student(self, submission: str, request: pytest.FixtureRequest) -> Proxy:
        """The submission's functions."""
        spec = self.assignment.check(str(_check_id(request.node)))
        question = self._question(request)
        seed = _seed(self.assignment.seed, spec.id)

        def call(module: str, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            return self.provider.backend(submission, question).call(module, name, args, kwargs, seconds=spec.seconds, seed=seed)

        def scratch(name: str, files: Mapping[str, bytes]) -> str:
            return self.provider.backend(submission, question).scratch(f"{spec.id}-{name}", files)

        return Proxy(call, scratch)

    def _question(self, request: pytest.FixtureRequest) -> Question:
        return self.assignment.question_of(str(_check_id(request.node)))

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Random inputs, the same for every submission: decided by the assignment's seed and the check's id."""
        return np.random.default_rng(_seed(self.assignment.seed, str(_check_id(request.node))))

    @pytest.fixture
    def right(self) -> Proxy:
        """The staff's reference; hidden suites only."""
        if self.reference is None:
            raise CourseError("a public check asks for `right`, which never leaves the staff's machine")
        return self.reference

    # Running ---------------------------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Run one check, with a fresh backend for each further attempt at what broke on our side."""
        spec = self.assignment.check(str(_check_id(pyfuncitem)))
        student = _student(pyfuncitem)
        result = self.provider.recall(student, spec)
        if result is None:
            result = self._attempts(spec, pyfuncitem)
            self.provider.remember(student, result)
        row = {"student": student, "of": self.per_student, "result": result.to_json()}
        # As text: what carries reports between processes takes neither enums nor the odd characters of a hostile message.
        pyfuncitem.user_properties.append((PROPERTY, json.dumps(row)))
        return True

    def _attempts(self, spec: CheckSpec, pyfuncitem: pytest.Function) -> CheckResult:
        arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
        for attempt in range(1, ATTEMPTS + 1):
            if "rng" in arguments:  # a second attempt must see the inputs of the first
                arguments["rng"] = np.random.default_rng(_seed(self.assignment.seed, spec.id))
            result, final = self._run(spec, pyfuncitem.obj, arguments, attempt)
            if final:
                break
            self.provider.reset()
        return result

    def _run(
        self, spec: CheckSpec, function: Callable[..., None], arguments: dict[str, Any], attempt: int
    ) -> tuple[CheckResult, bool]:
        """The result of one attempt, and whether it stands: what broke on our side is worth another try."""
        state = Attempt(spec, self.assignment.seed, self.mistakes)
        token = running.set(state)
        start = time.perf_counter()
        final = True
        try:
            function(**arguments)
            outcome, share, finding = _awarded(state)
        except CheckFailed as error:
            outcome, share, finding = Outcome.FAILED, 0.0, error.finding
        except TimedOut as error:
            outcome, share, finding = Outcome.TIMEOUT, 0.0, Finding(message=str(error), detail=error.detail)
        except StudentFault as error:
            outcome, share, finding = Outcome.FAILED, 0.0, Finding(message=str(error), detail=_cut(error.detail))
        except Undecided as error:
            outcome, share, finding = Outcome.UNGRADED, 0.0, Finding(message=str(error))
        except Exception as error:  # a suite, the machine or the sandbox broke: whatever it is, it is ours
            outcome, share, finding, final = Outcome.UNGRADED, 0.0, _broken(error), False
        finally:
            running.reset(token)
        seconds = time.perf_counter() - start
        finding = replace(finding, notice="\n".join(state.notices), metric=state.metric)
        return CheckResult(spec.id, outcome, round(share * spec.points, 6), spec.points, finding, seconds, attempt), final


def results(properties: Sequence[tuple[str, Any]]) -> list[tuple[str, int, CheckResult]]:
    """The (student, checks per student, result) rows that a report's `user_properties` carry."""
    rows = [json.loads(row) for name, row in properties if name == PROPERTY]
    return [(row["student"], row["of"], CheckResult.from_json(row["result"])) for row in rows]


def _awarded(state: Attempt) -> tuple[Outcome, float, Finding]:
    finding = Finding(message=" ".join(state.notes))
    if state.share >= 1.0:
        return Outcome.PASSED, 1.0, finding
    return (Outcome.PARTIAL if state.share > 0.0 else Outcome.FAILED), state.share, finding


def _broken(error: Exception) -> Finding:
    message = "The grader broke on this check; it does not count, and a TA looks at it."
    return Finding(message=message, detail=_cut("".join(traceback.format_exception(error))))


def _cut(text: str) -> str:
    return text if len(text) <= DETAIL_CHARACTERS else "… " + text[-DETAIL_CHARACTERS:]


def _check_id(item: Any) -> str | None:
    return getattr(getattr(item, "function", None), "sanjeh_check", None)


def _student(item: Any) -> str:
    return str(item.callspec.params["submission"])


def _seed(seed: int, check_id: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}:{check_id}".encode()).digest()[:4], "big")
