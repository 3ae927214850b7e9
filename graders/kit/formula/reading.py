"""From text to a checked tree: the door that everything else uses.

`parse` reads one expression. `parse_statement` reads one line of an answer: an expression, `name = expression`, a chain
`a = b = c`, an equation such as `n/theta - T = 0`, or `p \\propto kernel`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from ..errors import CourseError, FormulaError
from .context import Context, Name, show
from .functions import FUNCTIONS
from .lexer import Lexer, Token, guess_notation
from .parser import Reader
from .shapes import Resolver
from .tree import Bin, Call, Compare, Const, Logic, Neg, Node, Num, Shape, Sym, depth, walk

T = TypeVar("T")

MAX_NODES = 500
"""Nodes of one tree."""

MAX_DEPTH = 120
"""Nodes on the longest way down."""

MAX_POWER = 1000.0
"""Decimal digits that a power of plain numbers may have (`9**9**9**9` has more)."""

MAX_FACTORIAL = 300.0
"""Largest plain number under a factorial."""

_HEADS = frozenset(("E", "Var", "Cov", "P", "Pr", "KL", "TV", "MMD", "bias", "Bias", "MSE", "var"))


@dataclass(frozen=True)
class Statement:
    """One line: the sides of its equality from left to right, each with its shape, and what stood on the left as a mere label.

    `relation` is `=` or `∝`. `label` is the left side's text where it only names what follows (`L(\\theta)`, `\\delta_1`).
    """

    sides: tuple[Node, ...]
    shapes: tuple[Shape, ...]
    relation: str = "="
    label: str = ""

    @property
    def answer(self) -> Node:
        """The last side: what the line arrives at."""
        return self.sides[-1]

    @property
    def is_equation(self) -> bool:
        """Whether this is an equation to solve, not a name and its value."""
        return not self.label and len(self.sides) > 1 and not _is_name(self.sides[0])


def parse(text: str, context: Context, notation: str = "auto") -> Node:
    """The checked tree of one expression.

    Raises FormulaError, with a position, on anything that is not an expression over the names of `context`.
    """
    return parse_shaped(text, context, notation)[0]


def parse_shaped(text: str, context: Context, notation: str = "auto") -> tuple[Node, Shape]:
    """The same with the shape of the value."""
    return _either(text, notation, lambda tokens, latex: _read(text, tokens, context, latex))


def parse_statement(text: str, context: Context, notation: str = "auto") -> Statement:
    """One line of an answer or a derivation.

    Raises FormulaError, with a position, where a side cannot be read or the sides differ in shape.
    """
    return _either(text, notation, lambda tokens, latex: _statement(text, tokens, context, latex))


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


def _either(text: str, notation: str, read: Callable[[list[Token], bool], T]) -> T:
    """Read in the notation given or guessed; what fails as Python-like is tried as LaTeX (`x^T W x`, `2(1+f)`)."""
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


def _statement(text: str, tokens: list[Token], context: Context, latex: bool) -> Statement:
    parts, relation = _sides(text, tokens)
    label = ""
    read: list[tuple[Node, Shape]] = []
    for position, part in enumerate(parts):
        first = position == 0 and len(parts) > 1
        if first and len(part) == 1:
            continue
        try:
            read.append(_read(text, part, context, latex))
        except FormulaError:
            if not (first and _is_label(part)):
                raise
            label = text[part[0].start : part[-1].start].strip()
    shapes = [shape for _, shape in read]
    for shape, part in zip(shapes, parts[-len(shapes) :], strict=True):
        if shape != shapes[-1] and () not in (shape, shapes[-1]):
            raise FormulaError(
                f"the sides differ in shape: {show(shape)} and {show(shapes[-1])}", text=text, position=part[0].start
            )
    return Statement(tuple(node for node, _ in read), tuple(shapes), relation, label)


def _read(text: str, tokens: list[Token], context: Context, latex: bool) -> tuple[Node, Shape]:
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


def _sides(text: str, tokens: list[Token]) -> tuple[list[list[Token]], str]:
    """The token lists between the equality signs outside all brackets, each closed by an end token."""
    parts: list[list[Token]] = [[]]
    level, relation = 0, "="
    for token in tokens:
        sign = token.text if token.kind == "operator" else ""
        level += (sign in ("(", "[", "{")) - (sign in (")", "]", "}"))
        if sign == "&" and level == 0 and not any(other.text == "begin" for other in tokens):
            continue
        splits = sign in ("=", "∝", "==") and level == 0 and not any(other.text == "begin" for other in parts[-1])
        if splits or token.kind == "end":
            if splits and parts[-1] and parts[-1][-1].text == ":":
                parts[-1].pop()
            parts[-1].append(Token("end", "", token.start, token.start))
            if splits:
                relation = "∝" if sign == "∝" else relation
                parts.append([])
        else:
            parts[-1].append(token)
    for part in parts[1:] if len(parts) > 1 else []:
        if len(part) == 1:
            raise FormulaError("nothing stands on the right of the equality sign", text=text, position=part[0].start)
    return parts, relation


def _is_label(tokens: list[Token]) -> bool:
    """Whether a left side only names what follows: one head with scripts and arguments, or a derivative."""
    body = [token for token in tokens if token.kind != "end"]
    if not body or len(body) > 60:
        return False
    texts = [token.text for token in body]
    if texts[0] in ("frac", "∂", "∇", "d") or (texts[0] in _HEADS):
        return texts[0] != "frac" or any(text.startswith("d") or text == "∂" for text in texts[1:4])
    if texts[0] in ("hat", "bar", "tilde"):
        body = body[1:]
        if len(body) > 2 and body[0].text == "{" and body[2].text == "}":
            body = [body[1], *body[3:]]
    return _one_head(body)


def _one_head(body: list[Token]) -> bool:
    """One name with sub- and superscripts and at most one bracket of arguments without sums in it."""
    level, heads, brackets = 0, 0, 0
    after_script = False
    for token in body:
        sign = token.text if token.kind == "operator" else ""
        if level == 0 and not after_script and token.kind in ("name", "number", "command"):
            heads += token.kind == "name"
            if token.kind == "number":
                return False
        if sign in ("(", "["):
            brackets += level == 0
        if sign in ("+", "-", "/", "*", "·", "×", "@") and level == 0:
            return False
        if sign in ("+", "/", "*", "·", "@") and not after_script:
            return False
        level += (sign in ("(", "[", "{")) - (sign in (")", "]", "}"))
        after_script = sign in ("^", "_") or (after_script and level > 0)
    return heads == 1 and brackets <= 1


def _is_name(node: Node) -> bool:
    return isinstance(node, Sym) or (isinstance(node, Call) and node.name not in FUNCTIONS)
