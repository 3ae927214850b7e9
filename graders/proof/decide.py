"""Is this answer right? Points first, then a proof where one is to be had.

`decide` compares two trees; `judge` starts from what the student wrote.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from graders.kit.errors import FormulaError
from graders.kit.formula import Context, Node, Statement, parse, parse_statement, to_plain
from graders.kit.formula.tree import free_names

from .inlining import inline
from .numeric import Side, compare, row_context
from .verdict import Kind, Options, Verdict
from .worker import prove

DEFAULT = Options()


@dataclass(frozen=True)
class Judged:
    """A verdict, and the answer as it was understood (Python-like notation)."""

    verdict: Verdict
    understood: str


def decide(student: Node, right: Node, context: Context, options: Options = DEFAULT) -> Verdict:
    """Whether two trees over one context are equal, as far as `options` ask.

    Agreement at every point is then confirmed symbolically, in bounded time, in a process of its own; the verdict says which of
    the two it rests on. Never raises for anything a student wrote; a definition of the course that breaks is a CourseError.
    """
    return _decide(Side(student, context), Side(right, context), options)


def judge(text: str, right: str, context: Context, options: Options = DEFAULT, notation: str = "auto") -> Judged:
    """The verdict on one line of text against the course's formula (Python-like or LaTeX).

    Raises FormulaError where the student's line cannot be read, CourseError where the course's cannot.
    """
    wanted = _right(right, context)
    try:
        statement = parse_statement(text, context, notation)
    except FormulaError:
        if not options.transposed:
            raise
        return _judge_rows(text, wanted, context, options, notation)
    return Judged(_decide_statement(statement, wanted, context, options), _echo(statement))


@lru_cache(maxsize=2048)
def _right(text: str, context: Context) -> Node:
    return parse(text, context)


def _judge_rows(text: str, wanted: Node, context: Context, options: Options, notation: str) -> Judged:
    """Row layout: what does not fit columns is read with every vector as a row; where that fails too, the first error stands."""
    rows = row_context(context)
    try:
        statement = parse_statement(text, rows, notation)
    except FormulaError:
        parse_statement(text, context, notation)
        raise
    verdict = _decide(Side(statement.answer, rows, rows=True), Side(wanted, context), options)
    return Judged(replace(verdict, notes=(*verdict.notes, "read in row layout")), _echo(statement))


def _decide_statement(statement: Statement, wanted: Node, context: Context, options: Options) -> Verdict:
    verdict = decide(statement.answer, wanted, context, options)
    if verdict.accepted or len(statement.sides) == 1:
        return verdict
    first = statement.sides[0]
    if not (statement.is_equation or (not statement.label and free_names(first) & free_names(inline(wanted, context)))):
        return verdict
    if decide(first, wanted, context, options).accepted:
        reason = "the left side is right, but it is not equal to the right side"
    else:
        reason = "an equation stands where a value was asked"
    return Verdict(Kind.UNDECIDED, verdict.points, reason, verdict.counter)


@lru_cache(maxsize=8192)
def _decide(student: Side, right: Side, options: Options) -> Verdict:
    if student == right:
        return Verdict(Kind.PROVED, 0, "the same formula")
    verdict = compare(student, right, options)
    if verdict.kind is not Kind.AGREES or not options.prove or student.rows or options.either_sign or verdict.notes:
        return verdict
    if prove(student.tree, right.tree, right.context, options):
        return replace(verdict, kind=Kind.PROVED, reason=f"proved, and agrees at {verdict.points} random points")
    return verdict


def _echo(statement: Statement) -> str:
    sides = f" {statement.relation} ".join(to_plain(side) for side in statement.sides)
    return f"{statement.label} {statement.relation} {sides}" if statement.label else sides


def forget() -> None:
    """Drop the verdicts remembered so far (equal answers of a class are judged once)."""
    _decide.cache_clear()
