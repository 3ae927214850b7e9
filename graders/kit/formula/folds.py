"""Sums, products, means and extremes: with written limits, over an index met inside, and over whole samples."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from .functions import FUNCTIONS
from .lexer import Token
from .stream import INDEX_LETTERS, Bound
from .tree import Bin, Call, Fold, Group, Index, Node, Num, Sym, free_names, walk

if TYPE_CHECKING:
    from .parser import Reader

ONE = Num(Fraction(1))
COMPARE = 10
_SUM_BODY = 25
KINDS = {
    "sum": "sum", "Sum": "sum", "prod": "prod", "Prod": "prod", "product": "prod", "Product": "prod", "mean": "mean",
    "average": "mean", "min": "min", "max": "max", "minimum": "min", "maximum": "max",
}  # fmt: skip
"""Names of folds, and the fold that each is; `mean` becomes a sum over its length."""


def read_big(reader: Reader, kind: str, token: Token) -> Node:
    """`\\sum_{i=1}^{n} body` and `\\sum_i body`; the body reaches to the next + or -."""
    scope, lower, upper = _limits(reader)
    reader.scopes.append(scope)
    body = reader.expression(_SUM_BODY)
    reader.scopes.pop()
    if kind != "sum":
        _check_reach(reader, kind, scope, body)
    return _close(reader, kind, scope, lower, upper, body, token)


def _check_reach(reader: Reader, kind: str, scope: Bound, body: Node) -> None:
    """`\\prod_i x_i \\theta` has two readings, inside and after the product; a sum has none, since a factor moves out of it.

    Raises FormulaError where a factor without the index ends the body.
    """
    while isinstance(body, Bin) and body.op not in ("+", "-", "^"):
        if not scope.names & free_names(body.right):
            where = reader.where.get(id(body.right), 0)
            raise reader.error(
                f"does this factor belong to the {kind}? Put parentheses: (\\{kind}_i ...) a or \\{kind}_i (... a)", where
            )
        body = body.right


def _limits(reader: Reader) -> tuple[Bound, Node | None, Node | None]:
    scope, lower, upper = Bound(), None, None
    while reader.sees("_", "^"):
        if reader.next().text == "^":
            upper = reader.script("upper limit")
            continue
        opened = reader.take("{")
        if opened and reader.ahead().text == "<=":
            lower = reader.expression(COMPARE)
            reader.expect("<=", "before the index")
        if reader.token.kind != "name":
            raise reader.error(f"a sum runs over an index such as i=1, got {reader.describe(reader.token)}")
        letter = reader.next()
        scope.names.add(letter.text)
        if opened:
            if reader.take("="):
                lower = reader.expression(0)
            elif reader.take("<="):
                upper = reader.expression(0)
            reader.expect("}", "after the limits")
    if not scope.names:
        scope.open = True
    return scope, lower, upper


def _close(reader: Reader, kind: str, scope: Bound, lower: Node | None, upper: Node | None, body: Node, token: Token) -> Node:
    """Make the fold; limits that were not written are 1 and the length of the samples indexed."""
    if not scope.names:
        raise reader.error("this sum has no index: write sum(x[i], i, 1, n) or \\sum_{i=1}^{n} x_i", token)
    variable = min(scope.names)
    if upper is None:
        lengths = scope.lengths | {
            declared.sample
            for node in walk(body)
            if isinstance(node, Index) and node.index == Sym(variable) and (declared := reader.context.find(node.name))
        }
        if len(lengths) != 1:
            raise reader.error(f"where does the sum over {variable} end? Write its limits: \\sum_{{{variable}=1}}^{{n}}", token)
        upper = Sym(lengths.pop())
    lower = lower or ONE
    if kind == "mean":
        return Group(Bin("/", Fold("sum", variable, lower, upper, body), upper))
    return Fold(kind, variable, lower, upper, body)


def read_fold(reader: Reader, kind: str, token: Token) -> Node:
    """`sum(...)`, `mean(...)`, `min(...)`, in both notations, with an index or over whole samples."""
    if reader.latex and reader.sees("_"):
        return read_big(reader, kind, token)
    if not (reader.sees("(", "[") or (reader.latex and reader.sees("{"))):
        if reader.latex and kind in ("min", "max") and reader.starts_factor():
            return _open_fold(reader, kind, token, lambda: reader.expression(_SUM_BODY))
        raise reader.error(f"{kind} needs its argument in parentheses: {kind}(...)", token)
    commas = _top_commas(reader)
    if not commas:
        return _open_fold(reader, kind, token, lambda: reader.arguments()[0])
    binder = reader.tokens[commas[0] + 1]
    if binder.text == "(":
        binder = reader.tokens[commas[0] + 2]
    named = binder.kind == "name" and binder.text in INDEX_LETTERS
    if named and (len(commas) in (1, 3)) and (kind in ("sum", "prod", "mean") or reader.context.find(binder.text) is None):
        return _bound_fold(reader, kind, binder, token)
    if kind in ("min", "max"):
        return _listed(reader, kind, token)
    raise reader.error(f"write {kind}(x[i], i, 1, n): the body, the index, its first and its last value", token)


def _top_commas(reader: Reader) -> list[int]:
    """Where the commas of the bracket under the cursor stand, those of inner brackets left out (but for a last `(i, 1, n)`)."""
    end, depth, commas = reader.closing(reader.at), 0, []
    for at in range(reader.at, end):
        text = reader.tokens[at].text if reader.tokens[at].kind == "operator" else ""
        if text in ("(", "[", "{"):
            depth += 1
        elif text in (")", "]", "}"):
            depth -= 1
        elif text == "," and depth == 1:
            commas.append(at)
    return commas


def _bound_fold(reader: Reader, kind: str, binder: Token, token: Token) -> Node:
    """`sum(body, i, 1, n)`, sympy's `Sum(body, (i, 1, n))`, and `sum(body, i)`."""
    scope = Bound({binder.text})
    reader.next()
    reader.scopes.append(scope)
    body = reader.expression(0)
    reader.scopes.pop()
    reader.expect(",", "before the index")
    nested = reader.take("(")
    reader.next()
    lower = upper = None
    if reader.take(","):
        lower = reader.expression(0)
        reader.expect(",", "before the last index")
        upper = reader.expression(0)
    if nested:
        reader.expect(")", "after the limits")
    reader.expect(")", f"to close {kind}")
    return _close(reader, kind, scope, lower, upper, body, token)


def _open_fold(reader: Reader, kind: str, token: Token, read: Callable[[], Node]) -> Node:
    """`sum(ln(x))` or `\\min x_i`: the index is the one met inside, or runs over whole samples."""
    letter = next(letter for letter in INDEX_LETTERS if not reader.is_bound(letter) and reader.context.find(letter) is None)
    scope = Bound(open=True, elementwise=letter)
    reader.scopes.append(scope)
    body = read()
    reader.scopes.pop()
    if scope.lengths:
        scope.names.add(letter)
    if not scope.names and kind in ("sum", "mean"):
        if reader.token.text == "for":
            raise reader.error("write sum(x[i], i, 1, n) instead of a Python loop", token)
        return Call("total" if kind == "sum" else "average", (body,))
    return _close(reader, kind, scope, None, None, body, token)


def _listed(reader: Reader, kind: str, token: Token) -> Node:
    """`max(a, b)`, and `min(x_1, ..., x_n)` with dots."""
    commas = _top_commas(reader)
    dotted = any(reader.tokens[at + 1].text in ("…", ".") for at in commas)
    if not dotted:
        return Call(kind, reader.arguments())
    reader.next()
    first = last = reader.expression(0)
    while not reader.sees(")", "}", "]"):
        if not reader.take(",", ".", "…"):
            last = reader.expression(0)
    reader.next()
    if isinstance(first, Index) and isinstance(last, Index) and first.name == last.name:
        return Fold(kind, "i", first.index, last.index, Index(first.name, Sym("i")))
    raise reader.error(f"write {kind}(x_1, ..., x_n) over one sample", token)


def opens_mean(reader: Reader) -> bool:
    """Whether a bar stands over a formula (`\\overline{\\ln x}`), not over a name."""
    if not (reader.token.kind == "command" and reader.token.text == "bar" and reader.ahead().text == "{"):
        return False
    inside = reader.tokens[reader.at + 2 : reader.closing(reader.at + 1)]
    simple = len(inside) >= 1 and inside[0].kind == "name" and (len(inside) == 1 or inside[1].text == "_")
    return not simple or (reader.context.find(inside[0].text) is None and inside[0].text in FUNCTIONS)


def read_mean(reader: Reader) -> Node:
    """A bar over a formula: its mean over the sample."""
    token = reader.next()
    return _open_fold(reader, "mean", token, lambda: reader.arguments()[0])
