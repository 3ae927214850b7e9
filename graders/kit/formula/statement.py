"""One line of an answer: an expression, `name = expression`, a chain `a = b = c`, an equation such as `n/theta - T = 0`, or
`p \\propto kernel`, with arrows, comparisons after the value, conditions and remarks as people write them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..errors import FormulaError
from .clauses import ARROW, Clause, cut
from .context import Context, show
from .functions import FUNCTIONS
from .labels import is_formal, is_label
from .lexer import Token
from .printing import to_latex, to_plain
from .reading import either, read_tokens
from .tree import Call, Const, Node, Num, Shape, Sym


@dataclass(frozen=True)
class Statement:
    """The sides of an equality from left to right, each with its shape, and what stood beside them as mere names.

    `relation` is `=`, `∝`, or `→` where the last side is a limit. `label` is the left side's text
    where it only names what follows (`L(\\theta)`, `\\delta_1`).
    `zero` says that the chain was set to zero after its value (`\\frac{d\\ell}{d\\theta} = n/\\theta - T = 0`); the 0 is no side.
    `aside` is what was not read: comparisons after the value, conditions, remarks, formal sides in the middle. `before` are the
    statements of the same line that an arrow separates from this one.
    """

    sides: tuple[Node, ...]
    shapes: tuple[Shape, ...]
    relation: str = "="
    label: str = ""
    zero: bool = False
    aside: tuple[str, ...] = ()
    before: tuple[Statement, ...] = ()

    @property
    def answer(self) -> Node:
        """The last side: what the line arrives at."""
        return self.sides[-1]

    @property
    def is_equation(self) -> bool:
        """Whether this is an equation to solve, not a name and its value."""
        return not self.label and len(self.sides) > 1 and not _is_name(self.sides[0])

    def echo(self) -> str:
        """The line as it was read, in Python-like notation, with what was set aside."""
        line = self._joined(to_plain, self.relation)
        return f"{line}   [set aside: {'; '.join(self.aside)}]" if self.aside else line

    def to_latex(self, context: Context) -> str:
        """The line as it was read, in LaTeX."""
        return self._joined(lambda side: to_latex(side, context), {"∝": r"\propto", "→": r"\to"}.get(self.relation, "="))

    def _joined(self, write: Callable[[Node], str], sign: str) -> str:
        sides = [*([self.label] if self.label else []), *(write(side) for side in self.sides), *(["0"] if self.zero else [])]
        return f" {sign} ".join(sides)


def parse_statement(text: str, context: Context, notation: str = "auto") -> Statement:
    """The statement that one line arrives at, those before its arrows in `before`.

    Raises FormulaError, with a position, where a side cannot be read, the sides differ in shape, or several formulas stand side
    by side.
    """
    found = either(text, notation, lambda tokens, latex: _line(text, tokens, context, latex))
    return replace(found[-1], before=found[:-1])


def parse_statements(text: str, context: Context, notation: str = "auto") -> tuple[Statement, ...]:
    """Every statement of one line of a derivation; those that only name things (`\\ell' = 0`) have no sides.

    Raises FormulaError as `parse_statement` does.
    """
    return either(text, notation, lambda tokens, latex: _statements(text, tokens, context, latex))


# --- inside -------------------------------------------------------------------------------------------------------------------


def _line(text: str, tokens: list[Token], context: Context, latex: bool) -> tuple[Statement, ...]:
    clauses, aside = cut(text, tokens, context)
    for clause in clauses[1:]:
        if clause.link != ARROW:
            raise FormulaError(
                "a second formula stands here: write the answer alone", text=text, position=clause.sides[0][0].start
            )
    if not clauses:
        raise FormulaError("there is no formula here", text=text, position=0)
    found = [_statement(text, clause, context, latex, last=clause is clauses[-1]) for clause in clauses]
    found = [statement for statement in found if statement.sides]
    found[-1] = replace(found[-1], aside=(*found[-1].aside, *aside))
    return tuple(found)


def _statements(text: str, tokens: list[Token], context: Context, latex: bool) -> tuple[Statement, ...]:
    clauses, _ = cut(text, tokens, context)
    return tuple(_statement(text, clause, context, latex, last=False) for clause in clauses)


@dataclass
class _Reading:
    """What is known of a clause while its sides are read."""

    sides: list[tuple[Node, Shape, Token]]
    label: str = ""
    aside: tuple[str, ...] = ()


def _statement(text: str, clause: Clause, context: Context, latex: bool, *, last: bool) -> Statement:
    """Read the sides of a clause; sides that only name things are set aside, the last one too where one before it is read."""
    reading = _Reading([], aside=tuple(clause.aside))
    for position, part in enumerate(clause.sides):
        first, final = position == 0, position == len(clause.sides) - 1
        if len(part) == 1:
            continue
        try:
            node, shape = read_tokens(text, part, context, latex)
        except FormulaError:
            names = _names_only(part, context) if final else is_label(part) or is_formal(part, context, first=first)
            if not names or (final and last and not reading.sides):
                raise
            written = text[part[0].start : part[-1].start].strip()
            if (first or final) and not reading.label:
                reading.label = written
            else:
                reading.aside = (*reading.aside, written)
        else:
            reading.sides.append((node, shape, part[0]))
    relation = "∝" if "∝" in clause.signs else "→" if clause.signs[-1:] == ["→"] else "="
    zero = _take_zero(reading) if relation == "=" else False
    _check_shapes(text, reading)
    nodes, shapes = tuple(side[0] for side in reading.sides), tuple(side[1] for side in reading.sides)
    return Statement(nodes, shapes, relation, reading.label, zero, reading.aside)


def _names_only(part: list[Token], context: Context) -> bool:
    """Whether the last side is a mere name as well: `\\ell = \\ln L(\\theta)`, `n/T = \\hat\\theta`."""
    head = part[1:] if part[0].text in ("ln", "log") else part
    return is_label(head) or is_formal(part, context, applied=True)


def _take_zero(reading: _Reading) -> bool:
    """Take the 0 off a chain that is set to zero; `a = 0` without a name is an equation and keeps it."""
    if len(reading.sides) + bool(reading.label) < 3 or len(reading.sides) < 2:
        return False
    for end in (-1, 0):
        node = reading.sides[end][0]
        if isinstance(node, Num) and node.value == 0:
            del reading.sides[end]
            return True
    return False


def _check_shapes(text: str, reading: _Reading) -> None:
    """The sides of an equation have one shape; a bare name on the left may stand for the transposed value."""
    if not reading.sides:
        return
    sides = reading.sides[1:] if not reading.label and _is_name(reading.sides[0][0]) else reading.sides
    last = sides[-1][1] if sides else ()
    for _, shape, token in sides:
        if shape != last and () not in (shape, last):
            message = f"the sides differ in shape: {show(shape)} and {show(last)}"
            raise FormulaError(message, text=text, position=token.start)


def _is_name(node: Node) -> bool:
    return isinstance(node, (Sym, Const)) or (isinstance(node, Call) and node.name not in FUNCTIONS)
