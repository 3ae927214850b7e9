"""What a suite is written in: `@check`, and the words that decide it.

    @check("q2.gradient")
    def test_gradient(student, right, rng):
        'Back-propagation returns the true gradient.'
        same(student.mlp.gradients, right.mlp.gradients, *small_network(rng))

A check that returns has passed, unless it awarded less. Only the words below and exceptions raised inside the student's code
count against the student; anything else that goes wrong in a suite, a plain `assert` included, is our fault and ends as ungraded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from numpy.typing import ArrayLike, NDArray

from .assignment import CheckSpec
from .compare import ATOL, RTOL, Difference, difference, shown
from .errors import CheckFailed, CourseError
from .intervals import estimate
from .mistakes import Mistake, Mistakes
from .outcome import Finding, Metric
from .proxy import Function

Test = TypeVar("Test", bound=Callable[..., None])
INPUT_CHARACTERS = 1500


@dataclass
class Attempt:
    """The check that is running now: its spec, the mistakes that may explain a wrong answer, and what it has awarded."""

    spec: CheckSpec
    seed: int
    mistakes: Mistakes | None = None
    share: float = 1.0
    notes: list[str] = field(default_factory=list)
    metric: Metric | None = None
    notices: list[str] = field(default_factory=list)


running: ContextVar[Attempt] = ContextVar("running")


def check(check_id: str) -> Callable[[Test], Test]:
    """Mark a test function as the check of that id in `assignment.toml`. Its docstring is what the student reads."""

    def mark(function: Test) -> Test:
        if not function.__doc__:
            raise CourseError(f"check {check_id!r} has no docstring; the student reads it as what was asked")
        function.sanjeh_check = check_id  # type: ignore[attr-defined]
        return function

    return mark


def same(student: Function, right: Function, *args: Any, rtol: float = RTOL, atol: float = ATOL, **kwargs: Any) -> Any:
    """Call both functions on the same input and fail where the answers differ; return the student's answer.

    Where they differ, the known mistakes are tried on the same input, and one whose answer equals the student's is named.
    """
    wanted = right(*args, **kwargs)
    got = student(*args, **kwargs)
    found = difference(got, wanted, rtol=rtol, atol=atol, place=f"{student.name}(…)")
    if found:
        mistakes = running.get().mistakes
        mistake = mistakes.explain(right, args, kwargs, got, wanted, rtol, atol) if mistakes else None
        raise CheckFailed(_finding(found, got, wanted, (args, kwargs), mistake))
    return got


def equal(got: Any, wanted: Any, *, what: str = "the answer", inputs: Any = None, rtol: float = RTOL, atol: float = ATOL) -> None:
    """Fail where a value at hand differs from the wanted one; `what` names it, `inputs` is what led to it."""
    if found := difference(got, wanted, rtol=rtol, atol=atol, place=what):
        raise CheckFailed(_finding(found, got, wanted, inputs, None))


def ensure(condition: Any, message: str, *, got: Any = None, wanted: Any = None, inputs: Any = None, mistake: str = "") -> None:
    """Fail with `message` unless the condition holds.

    The student reads the message even of a hidden check, so it says what is wanted and holds no value that her code chose; values
    go into `got`, `wanted` and `inputs`. `mistake` is the stem of the mistake's file that this failure shows for sure.
    """
    if not condition:
        known = running.get().mistakes
        found = known.named(mistake) if mistake and known else None
        raise CheckFailed(_finding(Difference(message, message), got, wanted, inputs, found))


def award(share: float, message: str) -> None:
    """Give this share of the check's points, in [0, 1]. The last award of a check counts."""
    if not 0.0 <= share <= 1.0:
        raise CourseError(f"an award of {share}; it must lie in [0, 1]")
    attempt = running.get()
    attempt.share = share
    attempt.notes = [message]


def band(value: float, what: str) -> None:
    """Award by the check's bands in `assignment.toml`: the highest band whose floor the value reaches. Higher is better."""
    spec = running.get().spec
    if not spec.bands:
        raise CourseError(f"check {spec.id!r} has no bands in assignment.toml")
    reached = [one for one in spec.bands if value >= one.floor]
    share = reached[-1].share if reached else 0.0
    coming = next((one for one in spec.bands if value < one.floor), None)
    goal = f"; {coming.share:.0%} of the points from {coming.floor:g} on" if coming else ""
    award(share, f"{what}: {value:.3f}{goal}")


def graded(scores: ArrayLike, what: str, groups: Sequence[Any] | NDArray[Any] | None = None) -> float:
    """Award by the check's bands for the mean of `scores` (N,), say how sure it is, and return it.

    `groups` (N,) are what the items depend on: speakers, artists. The interval and the probability of reaching the next band (of
    keeping the highest, where it is reached) are told, a near miss is called one; points depend on the mean alone.
    """
    attempt = running.get()
    found = estimate(scores, groups, seed=attempt.seed)
    band(found.value, what)
    coming = next((one for one in attempt.spec.bands if found.value < one.floor), attempt.spec.bands[-1])
    metric = Metric(what, found.value, found.low, found.high, coming.floor, found.reaches(coming.floor))
    attempt.metric = metric
    trust = f"95 % interval {found.low:.3f} to {found.high:.3f} over {found.items} items in {found.groups} groups"
    if metric.near_miss:
        trust += f". A near miss: a like test would reach {coming.floor:g} with probability {metric.probability:.2f}"
    attempt.notes = [f"{attempt.notes[0]} ({trust})."]
    return found.value


def remark(text: str) -> None:
    """Tell the student something beside the points, such as kinds of errors in numbers; it holds no value that her code chose."""
    running.get().notes.append(text)


def notify(text: str) -> None:
    """Tell the TA something that changes no points, such as a claimed accuracy far from the one that training reached here."""
    running.get().notices.append(text)


def _finding(found: Difference, got: Any, wanted: Any, inputs: Any, mistake: Mistake | None) -> Finding:
    return Finding(
        message=found.brief,
        difference=found.text,
        got="" if got is None and wanted is None else shown(got),
        wanted="" if wanted is None else shown(wanted),
        inputs="" if inputs is None else _inputs(inputs),
        mistake=mistake.name if mistake else "",
        lesson=mistake.lesson if mistake else "",
    )


def _inputs(inputs: Any) -> str:
    """The arguments of a call as text, one to a line."""
    if isinstance(inputs, tuple) and len(inputs) == 2 and isinstance(inputs[1], dict) and isinstance(inputs[0], tuple):
        lines = [shown(value) for value in inputs[0]] + [f"{key} = {shown(value)}" for key, value in inputs[1].items()]
        return "\n".join(lines)[:INPUT_CHARACTERS]
    return shown(inputs)
