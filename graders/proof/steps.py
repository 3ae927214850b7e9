"""The steps a derivation may take, and whether one line follows from another by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np

from graders.kit.errors import CourseError
from graders.kit.formula import CannotCompute, Context, Node, evaluate, parse
from graders.kit.formula.functions import Array
from graders.kit.formula.tree import Bin, Call, Const, Neg, Num, free_names, substitute

from .calculus import derivative, uses
from .inlining import inline
from .numeric import compare
from .points import batches, complete
from .precise import precise, precise_values
from .sides import Side
from .verdict import Kind, Options

OPERATORS = ("logarithm", "differentiate", "solve", "substitute", "limit")
"""`solve` sets the line to zero and asks for the variable; `substitute` puts `to` in; `limit` lets the variable go to `to`."""

ZERO = Num(Fraction(0))
_FAR = (Fraction(10) ** 8, Fraction(10) ** 14)


class Fit(StrEnum):
    """Whether a line follows from the one before."""

    FOLLOWS = "follows"
    WRONG = "does not follow"
    UNREADABLE = "cannot be read"
    UNDECIDED = "could not be decided"


@dataclass(frozen=True)
class Step:
    """One step: what is done, in which variable, its points; `to` is the value of `substitute` and `limit` ("inf", "0", "1")."""

    name: str
    operator: str
    points: float
    variable: str = ""
    to: str = ""

    def __post_init__(self) -> None:
        if self.operator not in OPERATORS:
            raise CourseError(f"step {self.name!r}: the operator is one of {', '.join(OPERATORS)}, not {self.operator!r}")
        if self.operator != "logarithm" and not self.variable:
            raise CourseError(f"step {self.name!r}: {self.operator} needs its variable")
        if self.operator in ("substitute", "limit") and not self.to:
            raise CourseError(f"step {self.name!r}: {self.operator} needs its target, to = ...")


def check_rewrite(
    before: Node, line: Node, context: Context, options: Options, was_equation: bool, is_equation: bool, following: Step | None
) -> Fit:
    """Whether a line says the same as the one before.

    An equation may be multiplied through and rearranged: it says the same where it has the same solution in the variable of the
    next step. An expression set to zero before a `solve` is such an equation too.
    """
    if not was_equation and not is_equation:
        return _same(line, before, context, options)
    if following is None or following.operator != "solve":
        return Fit.WRONG
    if _same(line, before, context, Options(either_sign=True, prove=False)) is Fit.FOLLOWS:
        return Fit.FOLLOWS
    if not is_equation:
        return Fit.WRONG
    return _same_roots(before, line, following.variable, context)


def check_steps(before: Node, line: Node, steps: tuple[Step, ...], context: Context, options: Options) -> Fit:
    """Whether a line is what these steps, taken one after the other, make of the one before."""
    try:
        for step in steps[:-1]:
            if step.operator in ("solve", "limit"):
                return Fit.WRONG
            before = _target(before, step, context)
        last = steps[-1]
        if last.operator == "solve":
            return _solves(before, line, last.variable, context)
        if last.operator == "limit":
            return _limit(before, line, last, context)
        exact = Options(prove=False) if last.operator == "differentiate" else options
        exact = Options("constant", options.free_of, prove=False) if options.free_of and last.operator == "logarithm" else exact
        return _same(line, _target(before, last, context), context, exact)
    except CannotCompute:
        return Fit.UNDECIDED


def _target(before: Node, step: Step, context: Context) -> Node:
    if step.operator == "logarithm":
        return Call("ln", (before,))
    if step.operator == "differentiate":
        return derivative(before, step.variable, context)
    return substitute(inline(before, context), step.variable, parse(step.to, context))


def _same(line: Node, target: Node, context: Context, options: Options) -> Fit:
    kind = compare(Side(line, context), Side(target, context), options).kind
    return {Kind.AGREES: Fit.FOLLOWS, Kind.PROVED: Fit.FOLLOWS, Kind.REFUTED: Fit.WRONG}.get(kind, Fit.UNDECIDED)


def _solves(function: Node, solution: Node, variable: str, context: Context) -> Fit:
    """Whether the solution makes the function zero, measured against the function's own size at random points."""
    if uses(solution, variable, context) or not uses(function, variable, context):
        return Fit.WRONG
    full = inline(function, context)
    at_solution = substitute(full, variable, solution)
    return _same(Bin("+", at_solution, full), full, context, Options(prove=False))


def _same_roots(before: Node, line: Node, variable: str, context: Context) -> Fit:
    """Whether two functions vanish together: their quotient has no zero and no pole where one of them changes sign."""
    found = 0
    for batch in batches(context, 11):
        for row in range(min(3, len(batch))):
            roots = _roots(before, variable, context, row, batch.base)
            others = _roots(line, variable, context, row, batch.base)
            if len(roots) != len(others):
                return Fit.WRONG
            if len(roots) and not np.allclose(roots, others, rtol=1e-6):
                return Fit.WRONG
            found += len(roots)
    return Fit.FOLLOWS if found >= 6 else Fit.UNDECIDED


def _roots(function: Node, variable: str, context: Context, row: int, base: Mapping[str, Array]) -> list[float]:
    """Sign changes of a function of one variable over its domain, the other values held at one point."""
    declared = context.find(variable)
    if declared is None:
        raise CourseError(f"{variable} is not declared")
    grid = np.geomspace(1e-4, 1e4, 401)
    if isinstance(declared.low, (int, float)) and isinstance(declared.high, (int, float)):
        grid = declared.low + (declared.high - declared.low) * np.linspace(0.0007, 0.9993, 801)
    elif not isinstance(declared.low, (int, float)):
        grid = np.concatenate([-grid[::-1], grid])
    else:
        grid = declared.low + grid

    def at(points: Array) -> Array:
        values = {name: np.repeat(value[row : row + 1], len(points), axis=0) for name, value in base.items()}
        values[variable] = points
        return evaluate(function, complete(context, values), context)

    values = at(grid)
    roots = []
    for place in np.flatnonzero(values[:-1] * values[1:] < 0):
        low, high = grid[place], grid[place + 1]
        start = values[place]
        for _ in range(60):
            middle = (low + high) / 2
            value = at(np.array([middle]))[0]
            low, high = (middle, high) if value * start > 0 else (low, middle)
        if abs(value) <= 1e-6 * max(abs(values[place]), abs(values[place + 1])):
            roots.append(float(middle))
    return roots


def _limit(before: Node, line: Node, step: Step, context: Context) -> Fit:
    """Whether the line is the limit: the distance to it goes to zero (or both grow without end)."""
    full = inline(before, context)
    target = parse(step.to, context)
    if uses(line, step.variable, context) or step.variable not in free_names(full):
        return Fit.WRONG
    near = [substitute(full, step.variable, _approach(target, far)) for far in _FAR]
    infinite = line in (Const("inf"), Neg(Const("inf")))
    agreed = 0
    for batch in batches(context, 12)[:4]:
        rows = list(range(min(3, len(batch))))
        values = precise_values(context, batch, rows, 60)
        first, second = (precise(tree, dict(values), context, 60) for tree in near)
        wanted = None if infinite else precise(inline(line, context), dict(values), context, 60)
        for row in rows:
            a, b = first[row], second[row]
            if infinite:
                good = (b > 1e3 and b > 10 * a) if line == Const("inf") else (b < -1e3 and b < 10 * a)
            else:
                assert wanted is not None
                distance = abs(b - wanted[row])
                good = distance <= 1e-4 * max(1, abs(wanted[row])) and (distance <= abs(a - wanted[row]) / 10 or distance < 1e-40)
            if not good:
                return Fit.WRONG
            agreed += 1
    return Fit.FOLLOWS if agreed >= 6 else Fit.UNDECIDED


def _approach(target: Node, far: Fraction) -> Node:
    """A value close to the limit point."""
    if target == Const("inf"):
        return Num(far)
    small = Bin("/", Num(Fraction(1)), Num(far))
    return small if target == ZERO else Bin("+", target, small)
