"""Proof that two array formulas are equal for every size, by a normal form of our own.

Works on what back-propagation needs: sums, scalar factors, matrix products, transposes, elementwise products of vectors and
`diag` of a vector. A vector is a sum of terms; a term is a coefficient and a bag of factors multiplied elementwise; a factor is a
chain of matrices applied to a term or to a name. `diag(v) w` is the elementwise product. Everything else (a mask, a softmax) is
an atom, equal only to itself. Equal normal forms are equal formulas; unequal ones say nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import TypeAlias

from graders.kit.formula import Context, Node, shapes_of, to_plain
from graders.kit.formula.tree import Bin, Call, Neg, Num, Sym, Transpose, walk

from .inlining import CannotTranslate, inline

Term: TypeAlias = tuple[object, ...]
"""A sorted tuple of factors: a vector's term. A factor is ("atom", text) or ("chain", matrices, term)."""

Sum: TypeAlias = dict[Term, Fraction]

_LIMIT = 400


def has_arrays(tree: Node, context: Context) -> bool:
    """Whether a name in the tree stands for an array."""
    shapes = shapes_of(context)
    return any(isinstance(node, Sym) and shapes.get(node.name) for node in walk(tree))


def equal(student: Node, right: Node, context: Context) -> bool:
    """Whether both column vectors have one normal form: with the derived names as they are, else with definitions put in."""
    for prepare in (lambda tree: tree, lambda tree: inline(tree, context)):
        try:
            machine = _Normal(context)
            if machine.vector(prepare(student)) == machine.vector(prepare(right)):
                return True
        except CannotTranslate:
            continue
    return False


class _Normal:
    def __init__(self, context: Context) -> None:
        self.shapes = shapes_of(context)
        self.identities = {name.name for name in context.names if name.draw == "identity"}

    def vector(self, node: Node) -> Sum:
        """Normal form of a column vector."""
        match node:
            case Neg():
                return _scaled(self.vector(node.item), Fraction(-1))
            case Bin(op="+" | "-"):
                sign = Fraction(1 if node.op == "+" else -1)
                return _added(self.vector(node.left), _scaled(self.vector(node.right), sign))
            case Bin(op="*" | "/") if (number := _number(node.right)) is not None:
                return _scaled(self.vector(node.left), number if node.op == "*" else 1 / number)
            case Bin(op="*") if (number := _number(node.left)) is not None:
                return _scaled(self.vector(node.right), number)
            case Bin(op=".*"):
                return _multiplied(self.vector(node.left), self.vector(node.right))
            case Bin(op="@"):
                return self._applied(node.left, self.vector(node.right))
            case Transpose(item=Transpose(item=inner)):
                return self.vector(inner)
            case _:
                return {(("atom", to_plain(node)),): Fraction(1)}

    def _applied(self, matrix: Node, vector: Sum, flipped: bool = False) -> Sum:
        """A matrix expression (transposed where `flipped`) times a vector in normal form."""
        match matrix:
            case Transpose():
                return self._applied(matrix.item, vector, not flipped)
            case Neg():
                return _scaled(self._applied(matrix.item, vector, flipped), Fraction(-1))
            case Bin(op="+" | "-"):
                sign = Fraction(1 if matrix.op == "+" else -1)
                other = _scaled(self._applied(matrix.right, vector, flipped), sign)
                return _added(self._applied(matrix.left, vector, flipped), other)
            case Bin(op="@"):
                first, second = (matrix.left, matrix.right) if flipped else (matrix.right, matrix.left)
                return self._applied(second, self._applied(first, vector, flipped), flipped)
            case Bin(op="*") if (number := _number(matrix.left)) is not None:
                return _scaled(self._applied(matrix.right, vector, flipped), number)
            case Call(name="diag"):
                return _multiplied(self.vector(matrix.args[0]), vector)
            case Sym() if matrix.name in self.identities:
                return vector
            case Sym() if (shape := self.shapes.get(matrix.name)) and 1 not in shape:
                return self._chained((matrix.name, flipped), vector)
            case _:
                raise CannotTranslate(to_plain(matrix))

    def _chained(self, letter: tuple[str, bool], vector: Sum) -> Sum:
        return {((("chain", letter, term)),): factor for term, factor in vector.items()}


def _number(node: Node) -> Fraction | None:
    match node:
        case Num():
            return node.value or None
        case Neg():
            inner = _number(node.item)
            return None if inner is None else -inner
        case Bin(op="/"):
            above, below = _number(node.left), _number(node.right)
            return None if above is None or below is None else above / below
        case _:
            return None


def _scaled(vector: Sum, factor: Fraction) -> Sum:
    return {term: value * factor for term, value in vector.items()}


def _added(left: Sum, right: Sum) -> Sum:
    total: Counter[Term] = Counter()
    for term, value in _pairs(left, right):
        total[term] += value  # type: ignore[assignment]
    return {term: Fraction(value) for term, value in total.items() if value}


def _pairs(left: Sum, right: Sum) -> Iterable[tuple[Term, Fraction]]:
    yield from left.items()
    yield from right.items()


def _multiplied(left: Sum, right: Sum) -> Sum:
    """The elementwise product; its factors are sorted, since their order does not matter. A mask times itself is the mask."""
    if len(left) * len(right) > _LIMIT:
        raise CannotTranslate("too many terms")
    product: Sum = {}
    for a, x in left.items():
        for b, y in right.items():
            factors = sorted([*a, *(factor for factor in b if not (_is_mask(factor) and factor in a))], key=repr)
            product = _added(product, {tuple(factors): x * y})
    return product


def _is_mask(factor: object) -> bool:
    return isinstance(factor, tuple) and factor[0] == "atom" and str(factor[1]).startswith("ind(")
