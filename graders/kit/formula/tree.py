"""The one typed expression tree that both notations are read into.

Every node is a frozen dataclass and holds only nodes, names and exact numbers, so trees compare by value, hash, and carry
nothing that could run. `Group` is what the reader leaves where the student wrote parentheses; it is gone from every tree
that `parse` hands out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

Size: TypeAlias = str | int
Shape: TypeAlias = tuple[Size, ...]
"""`()` for a scalar, `(rows, columns)` for an array; a size is a number or the name of one (`"D"`)."""


@dataclass(frozen=True)
class Num:
    """A number as written: an integer or a decimal, kept exact. Never negative."""

    value: Fraction


@dataclass(frozen=True)
class Const:
    """`pi`, `e` or `inf`."""

    name: str


@dataclass(frozen=True)
class Sym:
    """A name that the context declares, or the index variable of an enclosing sum."""

    name: str


@dataclass(frozen=True)
class Index:
    """One element of a sample: `x[i]`, counted from 1."""

    name: str
    index: Node


@dataclass(frozen=True)
class Neg:
    """`-a`."""

    item: Node


@dataclass(frozen=True)
class Bin:
    """`left op right`. `*` has a scalar side, `@` is the matrix product, `.*` the elementwise one."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Transpose:
    """`a.T`."""

    item: Node


@dataclass(frozen=True)
class Call:
    """A function of the table in `functions`, or one that the context declares."""

    name: str
    args: tuple[Node, ...]


@dataclass(frozen=True)
class Fold:
    """`sum`, `prod`, `min` or `max` of `body` over `variable` = `lower`, ..., `upper` (both ends included)."""

    kind: str
    variable: str
    lower: Node
    upper: Node
    body: Node


@dataclass(frozen=True)
class Compare:
    """`left op right` with op one of < <= > >= == !=; stands only in indicators and cases."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Logic:
    """`and` or `or` of two conditions."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Piecewise:
    """The value of the first case whose condition holds, else `otherwise` (undefined if that is None)."""

    cases: tuple[tuple[Node, Node], ...]
    otherwise: Node | None


@dataclass(frozen=True)
class Group:
    """Parentheses as written. Only inside the reader."""

    item: Node


Node: TypeAlias = "Num | Const | Sym | Index | Neg | Bin | Transpose | Call | Fold | Compare | Logic | Piecewise | Group"


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below `node`, in reading order."""
    match node:
        case Num() | Const() | Sym():
            return ()
        case Index():
            return (node.index,)
        case Neg() | Transpose() | Group():
            return (node.item,)
        case Bin() | Compare() | Logic():
            return (node.left, node.right)
        case Call():
            return node.args
        case Fold():
            return (node.lower, node.upper, node.body)
        case Piecewise():
            pairs = tuple(part for case in node.cases for part in case)
            return pairs if node.otherwise is None else (*pairs, node.otherwise)


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """A copy of `node` with `change` applied to each of its children."""
    match node:
        case Num() | Const() | Sym():
            return node
        case Index():
            return replace(node, index=change(node.index))
        case Neg() | Transpose() | Group():
            return replace(node, item=change(node.item))
        case Bin() | Compare() | Logic():
            return replace(node, left=change(node.left), right=change(node.right))
        case Call():
            return replace(node, args=tuple(change(arg) for arg in node.args))
        case Fold():
            return replace(node, lower=change(node.lower), upper=change(node.upper), body=change(node.body))
        case Piecewise():
            cases = tuple((change(value), change(condition)) for value, condition in node.cases)
            return Piecewise(cases, None if node.otherwise is None else change(node.otherwise))


def walk(node: Node) -> Iterator[Node]:
    """`node` and everything below it, without recursion."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(children(top))


def depth(node: Node) -> int:
    """How many nodes lie on the longest way down, without recursion."""
    deepest, stack = 0, [(node, 1)]
    while stack:
        top, level = stack.pop()
        deepest = max(deepest, level)
        stack.extend((child, level + 1) for child in children(top))
    return deepest


def free_names(node: Node) -> frozenset[str]:
    """Names that the value depends on: symbols and samples, without the index variables bound by a `Fold`."""
    match node:
        case Sym():
            return frozenset((node.name,))
        case Index():
            return free_names(node.index) | {node.name}
        case Fold():
            bounds = free_names(node.lower) | free_names(node.upper)
            return bounds | (free_names(node.body) - {node.variable})
        case _:
            return frozenset().union(*(free_names(child) for child in children(node)))


def substitute(node: Node, name: str, value: Node) -> Node:
    """`node` with every free `name` replaced by `value`; index variables that would capture a name of `value` are renamed."""
    if isinstance(node, Sym) and node.name == name:
        return value
    if isinstance(node, Fold):
        if node.variable in free_names(value) and node.variable != name:
            fresh = node.variable
            while fresh in free_names(value) | free_names(node.body):
                fresh += "_"
            node = replace(node, variable=fresh, body=substitute(node.body, node.variable, Sym(fresh)))
        body = node.body if node.variable == name else substitute(node.body, name, value)
        return replace(node, lower=substitute(node.lower, name, value), upper=substitute(node.upper, name, value), body=body)
    return rebuild(node, lambda child: substitute(child, name, value))
