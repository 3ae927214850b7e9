"""From text to a checked tree: `parse` reads one expression. Whole lines of an answer are read by `statement`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeVar

from ..errors import CourseError, FormulaError
from .commands import GAP
from .context import Context, Name
from .lexer import Lexer, Token, guess_notation
from .parser import Reader
from .shapes import Resolver
from .tree import Bin, Call, Compare, Const, Logic, Neg, Node, Num, Shape, depth, walk

T = TypeVar("T")

MAX_NODES = 500
"""Nodes of one tree."""

MAX_DEPTH = 120
"""Nodes on the longest way down."""

MAX_POWER = 1000.0
"""Decimal digits that a power of plain numbers may have (`9**9**9**9` has more)."""

MAX_FACTORIAL = 300.0
"""Largest plain number under a factorial."""


def parse(text: str, context: Context, notation: str = "auto") -> Node:
    """The checked tree of one expression.

    Raises FormulaError, with a position, on anything that is not an expression over the names of `context`.
    """
    return parse_shaped(text, context, notation)[0]


def parse_shaped(text: str, context: Context, notation: str = "auto") -> tuple[Node, Shape]:
    """The same with the shape of the value."""
    return either(text, notation, lambda tokens, latex: read_tokens(text, without_gaps(tokens), context, latex))


def shapes_of(context: Context) -> Mapping[str, Shape]:
    """The shape of every declared name (of a sample: of one element)."""
    return _definitions(context)[1]


def definitions(context: Context) -> Mapping[str, Node]:
    """The trees of the derived names and functions, in the order of the context.

    Raises CourseError where a definition of the course cannot be read.
    """
    return _definitions(context)[0]


def conditions(context: Context) -> tuple[Node, ...]:
    """The trees of the context's conditions (indicators: 1 where fulfilled)."""
    return tuple(_course(f"ind({text})", context, "a condition")[0] for text in context.conditions)


@lru_cache(maxsize=512)
def _definitions(context: Context) -> tuple[dict[str, Node], dict[str, Shape]]:
    trees: dict[str, Node] = {}
    shapes: dict[str, Shape] = {}
    for position, name in enumerate(context.names):
        shapes[name.name] = name.shape
        if name.formula:
            earlier = Context(context.names[:position] + tuple(Name(part) for part in name.of))
            trees[name.name], shape = _course(name.formula, earlier, name.name)
            shapes[name.name] = () if name.of else shape
    return trees, shapes


def _course(text: str, context: Context, what: str) -> tuple[Node, Shape]:
    try:
        return parse_shaped(text, context)
    except FormulaError as fault:
        raise CourseError(f"the definition of {what} ({text!r}) cannot be read: {fault}") from fault


# --- inside -------------------------------------------------------------------------------------------------------------------


def either(text: str, notation: str, read: Callable[[list[Token], bool], T]) -> T:
    """What `read` makes of the tokens, in the notation given or guessed.

    What fails as Python-like is tried as LaTeX (`x^T W x`, `2(1+f)`).
    """
    if notation not in ("auto", "latex", "plain"):
        raise CourseError(f"notation is auto, latex or plain, not {notation!r}")
    if not text.strip():
        raise FormulaError("there is no formula here", text=text, position=0)
    inner = _without_delimiters(text)
    if notation != "auto" or guess_notation(text[:5000]) == "latex":
        latex = notation != "plain"
        return read(Lexer(inner, "latex" if latex else "plain").run(), latex)
    try:
        return read(Lexer(inner, "plain").run(), False)
    except FormulaError as fault:
        try:
            return read(Lexer(inner, "latex").run(), True)
        except FormulaError:
            raise fault from None


def _without_delimiters(text: str) -> str:
    """The text with `\\( \\)`, `\\[ \\]` or `$$ $$` around it blanked out, so that positions stay."""
    stripped = text.strip()
    for opening, closing in ((r"\(", r"\)"), (r"\[", r"\]"), ("$$", "$$")):
        if stripped.startswith(opening) and stripped.endswith(closing) and len(stripped) >= 4:
            start, end = text.index(opening), text.rindex(closing)
            return text[:start] + "  " + text[start + 2 : end]
    return text


def without_gaps(tokens: list[Token]) -> list[Token]:
    """The tokens without the wide gaps (`\\quad`) that only part the statements of a line."""
    return [token for token in tokens if token.text != GAP]


def read_tokens(text: str, tokens: list[Token], context: Context, latex: bool) -> tuple[Node, Shape]:
    """The checked tree of one expression's tokens, the last of kind `end`, and its shape."""
    reader = Reader(text, list(tokens), context, latex)
    tree = reader.condition()
    if isinstance(tree, (Compare, Logic)):
        tree = Call("ind", (tree,))
    if reader.token.kind != "end":
        raise reader.error(f"expected an operator or the end of the formula, got {reader.describe(reader.token)}")
    _check_size(reader, tree)
    start = tokens[0].start

    def complain(message: str, node: Node) -> FormulaError:
        return reader.error(message, reader.where.get(id(node), start))

    tree, shape = Resolver(context, shapes_of(context), complain).resolve(tree)
    _check_size(reader, tree)
    return tree, shape


def _check_size(reader: Reader, tree: Node) -> None:
    for count, node in enumerate(walk(tree), 1):
        if count > MAX_NODES:
            raise reader.error(f"the formula has more than {MAX_NODES} parts; shorten it", 0)
        if isinstance(node, Bin) and node.op == "^":
            _check_power(reader, node)
        elif isinstance(node, Call) and node.name == "factorial" and (_estimate(node.args[0]) or 0.0) > MAX_FACTORIAL:
            raise reader.error("this factorial is too large to compute", reader.where.get(id(node), 0))
    if depth(tree) > MAX_DEPTH:
        raise reader.error(f"more than {MAX_DEPTH} operations inside one another; shorten the formula", 0)


def _check_power(reader: Reader, node: Bin) -> None:
    exponent = _estimate(node.right)
    base = _estimate(node.left)
    if exponent is None:
        return
    digits = abs(exponent) * (math.log10(abs(base)) if base else 1.0) if abs(base or 10) > 1 else 0.0
    if digits > MAX_POWER or abs(exponent) > 1e6:
        raise reader.error("this power of numbers is too large to compute", reader.where.get(id(node), 0))


def _estimate(node: Node, level: int = 0) -> float | None:
    """About the value of a tree of plain numbers (inf where it is huge); None where names occur."""
    if level > 60:
        return math.inf
    match node:
        case Num():
            return float(node.value)
        case Const():
            return {"pi": math.pi, "e": math.e}.get(node.name)
        case Bin():
            left, right = _estimate(node.left, level + 1), _estimate(node.right, level + 1)
            if left is None or right is None:
                return None
            return _combined(node.op, left, right)
        case Call(name="factorial"):
            value = _estimate(node.args[0], level + 1)
            return None if value is None else math.inf if value > 100 else math.gamma(max(value, 0.0) + 1)
        case _ if hasattr(node, "item"):
            value = _estimate(node.item, level + 1)
            return -value if isinstance(node, Neg) and value is not None else value
        case _:
            return None


def _combined(op: str, left: float, right: float) -> float:
    try:
        if op in ("+", "-"):
            return left + right if op == "+" else left - right
        if op == "/":
            return left / right
        if op == "^":
            value = left**right
            return value if isinstance(value, float) else math.nan
        return left * right
    except (OverflowError, ZeroDivisionError):
        return math.inf
