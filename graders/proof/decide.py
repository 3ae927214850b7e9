"""Is this answer right? Points first, then a proof where one is to be had.

`decide` compares two trees; `judge` starts from what the student wrote.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from graders.kit.errors import FormulaError
from graders.kit.formula import Context, Name, Node, Statement, definitions, parse, parse_statement
from graders.kit.formula.tree import Num, Sym, free_names

from .inlining import inline
from .numeric import compare
from .sides import Side, row_context
from .verdict import Kind, Options, Verdict
from .worker import prove

DEFAULT = Options()

ZERO = Num(Fraction(0))

CONSTANTS = ("C", "const", "c", "constant", "Const", "K", "Z")
"""How people name what they leave out of an answer up to a factor or constant."""


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
    context = with_constant(context, options)
    wanted = _right(right, context)
    try:
        statement = parse_statement(text, context, notation)
    except FormulaError:
        if not options.transposed:
            raise
        return _judge_rows(text, wanted, context, options, notation)
    return Judged(_decide_statement(statement, wanted, context, options), statement.echo())


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
    return Judged(replace(verdict, notes=(*verdict.notes, "read in row layout")), statement.echo())


def with_constant(context: Context, options: Options) -> Context:
    """The names of a context, and C where the answer is asked up to a factor or constant: people write `+ C`, `+ const`, `1/Z`."""
    free = [word for word in CONSTANTS if context.find(word) is None]
    if not options.free_of or not free:
        return context
    return replace(context, names=(*context.names, Name(free[0], low=0, aliases=tuple(free[1:]))))


def _decide_statement(statement: Statement, wanted: Node, context: Context, options: Options) -> Verdict:
    if any(_redefines(earlier, context) for earlier in statement.before):
        return Verdict(Kind.UNDECIDED, 0, "the line gives a name of the question another meaning")
    verdict, *others = [decide(tree, wanted, context, options) for tree in _values(statement)]
    accepted = next((found for found in (verdict, *others) if found.accepted), None)
    if accepted is not None and not _claims_otherwise(statement, wanted, context, options):
        return accepted
    doubt = _doubt(statement, wanted, context, options)
    return Verdict(Kind.UNDECIDED, verdict.points, doubt, verdict.counter) if doubt else verdict


def _values(statement: Statement) -> tuple[Node, ...]:
    """What a line may mean as a value, the likeliest first: its last side; of `value = 0` and `value = name` the left side too."""
    if statement.zero:
        return statement.answer, ZERO
    if statement.relation == "→":
        return (statement.answer,)
    if len(statement.sides) == 2 and statement.is_equation:
        if statement.answer == ZERO:
            return statement.sides
        if isinstance(statement.answer, Sym):
            return statement.answer, statement.sides[0]
    return (statement.answer,)


def _claims_otherwise(statement: Statement, wanted: Node, context: Context, options: Options) -> bool:
    """Whether the right value stands in an equation that says something else: `1/theta = n/T`."""
    ends = [side for side in statement.sides if side != ZERO and not isinstance(side, Sym)]
    if not statement.is_equation or statement.relation != "=" or len(ends) < 2:
        return False
    return not decide(ends[0], wanted, context, options).accepted


def _redefines(statement: Statement, context: Context) -> bool:
    """Whether a statement on the way says of a derived name what is not so."""
    name = statement.sides[0]
    if not isinstance(name, Sym) or name.name not in definitions(context):
        return False
    return any(not decide(side, name, context, Options(prove=False)).accepted for side in statement.sides[1:])


def _doubt(statement: Statement, wanted: Node, context: Context, options: Options) -> str:
    """Why a TA has to look at a line whose value is not right; "" where nothing speaks for it."""
    if any(decide(tree, wanted, context, options).accepted for earlier in statement.before for tree in _values(earlier)):
        return "the right answer stands in this line, but the line goes on to something else"
    first = statement.sides[0]
    if len(statement.sides) == 1:
        return ""
    if not (statement.is_equation or (not statement.label and free_names(first) & free_names(inline(wanted, context)))):
        return ""
    if decide(first, wanted, context, options).accepted:
        return "the left side is right, but it is not equal to the right side"
    return "an equation stands where a value was asked"


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


def forget() -> None:
    """Drop the verdicts remembered so far (equal answers of a class are judged once)."""
    _decide.cache_clear()
