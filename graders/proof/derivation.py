"""A derivation, line by line: every line must follow from the one before.

The course declares the start and the steps in order (take the logarithm, differentiate in theta, solve for theta, ...), each with
its points. The student writes as many lines as she likes; between two lines she may rewrite, or take one or several of the
steps at once. A line that does not follow is named; what comes after it is judged from her own line (error carried forward).

Which of her lines was meant as which step is not asked: of all readings the one with the most points counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from graders.kit.errors import FormulaError
from graders.kit.formula import Context, Node, Statement, definitions, parse, parse_statements, to_plain
from graders.kit.formula.tree import Bin, Sym, free_names

from .calculus import derivative
from .inlining import inline
from .steps import ZERO, Fit, Step, check_rewrite, check_steps
from .verdict import Options

MAX_LINES = 40

_SECOND = re.compile(r"''|\bd\^?\{?2|partial\^\{?2|∂\^?2|[d∂]²")
"""A name for a second derivative on the left of a line."""

_LOOK_BACK = 8
"""How many lines back a second derivative may reach."""


@dataclass(frozen=True)
class Derivation:
    """What is asked: the context, where the derivation starts, and its steps.

    `carried` is the share of a step's points that remains after an error. `free_of` names the variable that a dropped constant
    (in a line with `\\propto`, or under a step with `up_to`) must not depend on.
    """

    context: Context
    given: str
    steps: tuple[Step, ...]
    carried: float = 1.0
    options: Options = field(default_factory=lambda: Options(prove=False))

    @property
    def max_points(self) -> float:
        """Points of a flawless derivation."""
        return sum(step.points for step in self.steps)


@dataclass(frozen=True)
class LineVerdict:
    """One line of hers: whether it follows from the last readable one, by which steps, and how it was understood."""

    number: int
    text: str
    fit: Fit
    steps: tuple[str, ...] = ()
    understood: str = ""
    reason: str = ""


@dataclass(frozen=True)
class DerivationVerdict:
    """The whole: `first_wrong` is the number (from 1) of the first line that does not follow, 0 where all do.

    `undecided` says that a line could not be judged, so that a TA has to look; `earned` maps each step to its points.
    """

    lines: tuple[LineVerdict, ...]
    earned: dict[str, float]
    points: float
    max_points: float
    first_wrong: int
    undecided: bool

    @property
    def complete(self) -> bool:
        """Whether every line follows and every step was taken."""
        return not self.first_wrong and not self.undecided and abs(self.points - self.max_points) < 1e-9


@dataclass(frozen=True)
class _Line:
    """One value to judge: a side of a line (a chain `a = b = c` has several)."""

    number: int
    text: str
    tree: Node | None
    equation: bool = False
    relation: str = "="
    fault: str = ""
    second: bool = False


@dataclass(frozen=True)
class _Path:
    """One reading of the lines so far; compared by points, then by the fewest wrong lines."""

    points: float = 0.0
    wrong: int = 0
    state: int = 0
    lines: tuple[LineVerdict, ...] = ()
    earned: tuple[tuple[str, float], ...] = ()

    def rank(self) -> tuple[float, float, int]:
        return (round(self.points, 9), -self.wrong, self.state)


def follow(lines: list[str], task: Derivation, notation: str = "auto") -> DerivationVerdict:
    """Judge a derivation. Never raises for what a student wrote: a line that cannot be read is a line that does not follow."""
    values = [value for number, text in enumerate(lines[:MAX_LINES], 1) for value in _values(number, text, task, notation)]
    before = _Line(0, task.given, parse(task.given, task.context))
    paths = {0: _Path()}
    earlier: list[Node] = []
    for line in values:
        if line.second:
            paths = _check_second(paths, earlier, line, task)
            continue
        paths = _extend(paths, before, line, task)
        if line.tree is not None:
            before = line
            earlier.append(line.tree)
    best = max(paths.values(), key=_Path.rank)
    wrong = [verdict.number for verdict in best.lines if verdict.fit in (Fit.WRONG, Fit.UNREADABLE)]
    undecided = any(verdict.fit is Fit.UNDECIDED for verdict in best.lines)
    earned = {step.name: 0.0 for step in task.steps} | dict(best.earned)
    return DerivationVerdict(best.lines, earned, best.points, task.max_points, min(wrong, default=0), undecided)


def _values(number: int, text: str, task: Derivation, notation: str) -> list[_Line]:
    try:
        statements = parse_statements(text, task.context, notation)
    except FormulaError as fault:
        return [_Line(number, text, None, fault=f"{fault} (character {fault.position + 1})")]
    return [line for statement in statements for line in _sides(number, text, statement, task)]


def _sides(number: int, text: str, statement: Statement, task: Derivation) -> list[_Line]:
    """What one statement claims. Naming alone claims nothing, and neither does saying that what was named is set to zero."""
    unknowns = [Sym(step.variable) for step in task.steps if step.operator == "solve"]
    if unknowns and statement.label and statement.sides == (ZERO,):
        return []
    if unknowns and _SECOND.search(statement.label):
        at_a_point = "|" in statement.label or "vert" in statement.label
        return [] if at_a_point else [_Line(number, text, side, second=True) for side in statement.sides]
    if statement.is_equation and statement.answer in unknowns:
        return [_Line(number, text, side) for side in statement.sides[:-1]]
    if _is_open_equation(statement, unknowns, task.context):
        left, right = statement.sides
        if left == ZERO:
            left, right = right, left
        return [_Line(number, text, left if right == ZERO else Bin("-", left, right), equation=True)]
    named = len(statement.sides) > 1 and not statement.is_equation and not statement.label
    sides = statement.sides[1:] if named else statement.sides
    return [_Line(number, text, side, relation=statement.relation) for side in sides]


def _is_open_equation(statement: Statement, unknowns: list[Sym], context: Context) -> bool:
    """Whether a line is an equation to solve. `n = theta*T` is one too: what is given is not being named there."""
    if statement.label or statement.zero or len(statement.sides) != 2 or statement.relation != "=":
        return False
    first = statement.sides[0]
    given = isinstance(first, Sym) and first not in unknowns and first.name not in definitions(context)
    return statement.is_equation or given


def _check_second(paths: dict[int, _Path], earlier: list[Node], line: _Line, task: Derivation) -> dict[int, _Path]:
    """A line about the second derivative is a check beside the way, not a step of it: it has to belong to an earlier line."""
    assert line.tree is not None
    variables = list(dict.fromkeys(step.variable for step in task.steps if step.operator == "differentiate"))
    fit = Fit.WRONG
    for tree in reversed(earlier[-_LOOK_BACK:]):
        for variable in variables:
            fits = [
                check_steps(start, line.tree, (Step("second", "differentiate", 0, variable),), task.context, task.options)
                for start in (tree, derivative(tree, variable, task.context))
            ]
            fit = Fit.FOLLOWS if Fit.FOLLOWS in fits else fit
    reason = "" if fit is Fit.FOLLOWS else "is not the second derivative of a line before it"
    return {state: _grown(path, state, (), line, fit, reason, task) for state, path in paths.items()}


def _extend(paths: dict[int, _Path], before: _Line, line: _Line, task: Derivation) -> dict[int, _Path]:
    """Every reading one line longer, the best kept for each number of steps taken."""
    longer: dict[int, _Path] = {}
    for state, path in paths.items():
        for candidate in _readings(path, state, before, line, task):
            known = longer.get(candidate.state)
            if known is None or candidate.rank() > known.rank():
                longer[candidate.state] = candidate
    return longer


def _readings(path: _Path, state: int, before: _Line, line: _Line, task: Derivation) -> list[_Path]:
    if line.tree is None:
        return [_grown(path, state, (), line, Fit.UNREADABLE, line.fault, task)]
    assert before.tree is not None
    options = _options(task, line)
    following = task.steps[state] if state < len(task.steps) else None
    fit = check_rewrite(before.tree, line.tree, task.context, options, before.equation, line.equation, following)
    readings = []
    if fit is not Fit.WRONG:
        readings.append(_grown(path, state, (), line, fit, "", task))
    for end in range(state + 1, len(task.steps) + 1):
        taken = task.steps[state:end]
        fit = check_steps(before.tree, line.tree, taken, task.context, options)
        if fit is not Fit.WRONG:
            trivial = path.wrong > 0 and _is_trivial(before.tree, task)
            readings.append(_grown(path, end, taken, line, fit, "", task, 0.0 if trivial else 1.0))
    reason = "does not follow from " + ("the start" if before.number == 0 else f"line {before.number}")
    readings.append(_grown(path, state, (), line, Fit.WRONG, reason, task))
    if state < len(task.steps):
        readings.append(_grown(path, state + 1, (), line, Fit.WRONG, reason, task))
    return readings


def _options(task: Derivation, line: _Line) -> Options:
    if line.relation == "∝" and task.options.free_of:
        return Options("factor", task.options.free_of, prove=False, seed=task.options.seed)
    return Options(task.options.up_to, task.options.free_of if task.options.up_to else (), prove=False, seed=task.options.seed)


def _is_trivial(tree: Node, task: Derivation) -> bool:
    """Whether an error left so little of the problem that going on from it shows nothing: most of what was given is gone."""
    given = free_names(inline(parse(task.given, task.context), task.context))
    return 2 * len(given - free_names(inline(tree, task.context))) > len(given)


def _grown(
    path: _Path, state: int, taken: tuple[Step, ...], line: _Line, fit: Fit, reason: str, task: Derivation, worth: float = 1.0
) -> _Path:
    share = worth * (task.carried if path.wrong else 1.0)
    gained = tuple((step.name, step.points * share) for step in taken)
    understood = to_plain(line.tree) + (" = 0" if line.equation else "") if line.tree is not None else ""
    verdict = LineVerdict(line.number, line.text, fit, tuple(step.name for step in taken), understood, reason)
    wrong = path.wrong + (fit in (Fit.WRONG, Fit.UNREADABLE))
    points = path.points + sum(points for _, points in gained)
    return _Path(points, wrong, state, (*path.lines, verdict), (*path.earned, *gained))
