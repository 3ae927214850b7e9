"""Sums and products with dots, `x_1 + \\dots + x_n` and `x_1 x_2 \\cdots x_n`, as the folds they mean.

The term is guessed from nothing: the first and the last one written have to be the same formula in another index, and every term
between them has to fit too. Anything else is an error.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from .lexer import Token
from .stream import INDEX_LETTERS
from .tree import Bin, Fold, Group, Index, Node, Num, Sym, rebuild, substitute, walk

if TYPE_CHECKING:
    from .parser import Reader

_PRODUCTS = ("*", "juxt", "cdot", "times")


def read_dots(reader: Reader, kind: str, left: Node, last: Node, token: Token) -> Node:
    """`left` holds what stands before the dots: perhaps something else, then the first terms; `last` is the last term.

    Raises FormulaError where first and last term do not tell what stands between them.
    """
    operators = ("+",) if kind == "sum" else _PRODUCTS
    terms: list[Node] = []
    heads: list[Node] = []
    signs: list[str] = []
    rest = left
    while isinstance(rest, Bin) and rest.op in operators:
        terms.insert(0, rest.right)
        heads.insert(0, rest.left)
        signs.insert(0, rest.op)
        rest = rest.left
    terms.insert(0, rest)
    for start in range(len(terms)):
        fold = _fold(reader, kind, terms[start:], last)
        if fold is not None:
            return fold if start == 0 else Bin(signs[start - 1], heads[start - 1], fold)
    shape = "x_1 + \\dots + x_n" if kind == "sum" else "x_1 x_2 \\cdots x_n"
    raise reader.error(f"what stands for the dots? Write {kind}(x[i], i, 1, n), or terms of one form: {shape}", token)


def _fold(reader: Reader, kind: str, terms: list[Node], last: Node) -> Node | None:
    """The fold whose first terms and last term these are; None where there is none."""
    variable = _free_letter(reader, [*terms, last])
    for upper in _indices(last):
        body = _general(last, upper, variable)
        if all(_at(body, variable, number) == term for number, term in enumerate(terms, 1)):
            return Group(Fold(kind, variable, Num(Fraction(1)), upper, body))
    return None


def _free_letter(reader: Reader, nodes: list[Node]) -> str:
    used = {node.name for tree in nodes for node in walk(tree) if isinstance(node, Sym)}
    return next(
        letter
        for letter in INDEX_LETTERS
        if not reader.is_bound(letter) and reader.context.find(letter) is None and letter not in used
    )


def _indices(last: Node) -> list[Node]:
    """The indices of the last term's sample elements: what the fold may run to."""
    return list(dict.fromkeys(node.index for node in walk(last) if isinstance(node, Index)))


def _general(node: Node, upper: Node, variable: str) -> Node:
    """The term with its index made the variable."""
    if isinstance(node, Index) and node.index == upper:
        return replace(node, index=Sym(variable))
    return rebuild(node, lambda child: _general(child, upper, variable))


def _at(body: Node, variable: str, number: int) -> Node:
    return substitute(body, variable, Num(Fraction(number)))


__all__ = ["read_dots"]
