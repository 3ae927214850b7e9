"""The value of a tree at many points at once.

A batch holds P points that share their sizes (n samples, D dimensions): a scalar is an array of shape (P,), a sample (P, n), an
array (P, rows, columns), a sample of arrays (P, n, rows, columns). The arithmetic is float64, or any other that brings its own
functions (high precision lives with the grader). Undefined values are nan, never an exception, never a complex number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from .context import Context
from .functions import NUMPY, Array
from .reading import definitions
from .tree import (
    Bin,
    Call,
    Compare,
    Const,
    Fold,
    Group,
    Index,
    Logic,
    Neg,
    Node,
    Num,
    Piecewise,
    Sym,
    Transpose,
)

MAX_TERMS = 2000
"""Terms of all sums of one formula together."""


class CannotCompute(Exception):
    """The value is out of reach here: too many terms, a sum without end, a number too large. Says nothing about the formula."""


def _power(base: Array, exponent: Array) -> Array:
    return np.asarray(np.power(np.asarray(base, dtype=np.float64), exponent))


@dataclass(frozen=True)
class Arithmetic:
    """How numbers are made and functions computed. `functions` are elementwise functions of one argument.

    `terms` bounds the terms of all sums together.
    """

    number: Callable[[Fraction], Any]
    constants: Mapping[str, Any]
    functions: Mapping[str, Callable[..., Array]]
    divide: Callable[[Array, Array], Array]
    power: Callable[[Array, Array], Array]
    dtype: Any = np.float64
    terms: int = MAX_TERMS


FLOAT64 = Arithmetic(
    number=float,
    constants={"pi": np.pi, "e": np.e, "inf": np.inf},
    functions=NUMPY,
    divide=lambda a, b: np.asarray(np.true_divide(a, b)),
    power=_power,
)


def evaluate(tree: Node, values: Mapping[str, Array], context: Context, arithmetic: Arithmetic = FLOAT64) -> Array:
    """Values of `tree` at the points of `values`, shape (P,) or (P, rows, columns).

    Raises CannotCompute where the work would be out of bounds.
    """
    points = next(iter(values.values())).shape[0] if values else 1
    with np.errstate(all="ignore"):
        return _Machine(dict(values), context, arithmetic, points).value(tree)


class _Machine:
    """One evaluation."""

    def __init__(self, values: dict[str, Array], context: Context, arithmetic: Arithmetic, points: int) -> None:
        self.values = values
        self.context = context
        self.arithmetic = arithmetic
        self.points = points
        self.terms = 0

    def value(self, node: Node) -> Array:
        match node:
            case Num():
                return self._constant(self.arithmetic.number(node.value))
            case Const():
                return self._constant(self.arithmetic.constants[node.name])
            case Sym():
                return self.values[node.name]
            case Index():
                return self._element(node)
            case Neg():
                return -self.value(node.item)
            case Transpose():
                item = self.value(node.item)
                return item if item.ndim == 1 else np.swapaxes(item, 1, 2)
            case Bin():
                return self._binary(node)
            case Call():
                return self._call(node)
            case Fold():
                return self._fold(node)
            case Compare() | Logic():
                return self._truth(node).astype(self.arithmetic.dtype)
            case Piecewise():
                return self._piecewise(node)
            case Group():
                return self.value(node.item)

    def _constant(self, number: Any) -> Array:
        return np.full(self.points, number, dtype=self.arithmetic.dtype)

    def _element(self, node: Index) -> Array:
        sample = self.values[node.name]
        index = self.value(node.index).astype(np.float64)
        inside = (index >= 1) & (index <= sample.shape[1]) & (index == np.floor(index))
        at = np.where(inside, index, 1).astype(np.int64) - 1
        chosen = sample[np.arange(len(sample)), at]
        if inside.all():
            return np.asarray(chosen)
        missing = self.arithmetic.number(Fraction(0)) * np.nan
        return np.asarray(np.where(inside.reshape(-1, *[1] * (chosen.ndim - 1)), chosen, missing))

    def _binary(self, node: Bin) -> Array:
        left, right = self.value(node.left), self.value(node.right)
        if node.op == "@":
            product = np.matmul(left, right)
            return np.asarray(product[:, 0, 0] if product.shape[1:] == (1, 1) else product)
        left, right = aligned(left, right)
        match node.op:
            case "+":
                return left + right
            case "-":
                return left - right
            case "/":
                return self.arithmetic.divide(left, right)
            case "^":
                return self.arithmetic.power(left, right)
            case _:
                return left * right

    def _call(self, node: Call) -> Array:
        if node.name == "ind":
            return self._truth(node.args[0]).astype(np.float64).astype(self.arithmetic.dtype)
        args = [self.value(arg) for arg in node.args]
        function = self.arithmetic.functions.get(node.name)
        if function is not None:
            return function(args[0])
        if node.name in ("min", "max"):
            best = args[0]
            for other in args[1:]:
                best = _extreme(node.name, *aligned(best, other))
            return best
        declared = self.context.find(node.name)
        if declared is not None and declared.of:
            inner = {**self.values, **dict(zip(declared.of, args, strict=True))}
            body = _Machine(inner, self.context, self.arithmetic, self.points)
            return body.value(definitions(self.context)[declared.name])
        return self._matrix_function(node.name, args[0])

    def _matrix_function(self, name: str, item: Array) -> Array:
        match name:
            case "diag":
                return np.asarray(item * np.eye(item.shape[1]).astype(self.arithmetic.dtype))
            case "trace":
                return np.asarray(np.trace(item, axis1=1, axis2=2))
            case "total":
                return np.asarray(item.sum(axis=(1, 2)))
            case "norm":
                return self.arithmetic.functions["sqrt"](np.asarray((item * item).sum(axis=(1, 2))))
            case "softmax":
                shifted = item - item.max(axis=1, keepdims=True)
                weights = self.arithmetic.functions["exp"](shifted)
                return np.asarray(weights / weights.sum(axis=1, keepdims=True))
            case "inv" | "det":
                solve = self.arithmetic.functions.get(f"matrix {name}")
                return solve(item) if solve is not None else _numpy_matrix(name, item)
            case _:
                raise CannotCompute(f"{name} has no numeric value here")

    def _fold(self, node: Fold) -> Array:
        lower = np.asarray(self.value(node.lower), dtype=np.float64)
        upper = np.asarray(self.value(node.upper), dtype=np.float64)
        if not (np.isfinite(lower).all() and np.isfinite(upper).all()):
            raise CannotCompute("a sum without end")
        whole = (lower == np.floor(lower)) & (upper == np.floor(upper))
        if not whole.any():
            return self._constant(np.nan)
        first, last = int(lower[whole].min()), int(upper[whole].max())
        self.terms += max(0, last - first + 1)
        if self.terms > self.arithmetic.terms:
            raise CannotCompute(f"more than {self.arithmetic.terms} terms")
        return self._run_fold(node, first, last, lower, upper, whole)

    def _run_fold(self, node: Fold, first: int, last: int, lower: Array, upper: Array, whole: Array) -> Array:
        start = {"sum": 0.0, "prod": 1.0, "min": np.inf, "max": -np.inf}[node.kind]
        result = self._constant(start)
        covered = self.values.get(node.variable)
        for step in range(first, last + 1):
            self.values[node.variable] = self._constant(self.arithmetic.number(Fraction(step)))
            term = self.value(node.body)
            inside = (lower <= step) & (step <= upper)
            result, term = aligned(result, term)
            mask = inside.reshape(-1, *[1] * (term.ndim - 1))
            if node.kind in ("min", "max"):
                term = _extreme(node.kind, result, term)
            else:
                term = result + term if node.kind == "sum" else result * term
            result = term if inside.all() else np.where(mask, term, result)
        if covered is None:
            self.values.pop(node.variable, None)
        else:
            self.values[node.variable] = covered
        return result if whole.all() else np.where(whole.reshape(-1, *[1] * (result.ndim - 1)), result, np.nan)

    def _truth(self, node: Node) -> Array:
        match node:
            case Compare():
                left, right = aligned(self.value(node.left), self.value(node.right))
                compare = {"<": np.less, ">": np.greater, "<=": np.less_equal, ">=": np.greater_equal, "==": np.equal}
                operation = compare.get(node.op, np.not_equal)
                return np.asarray(operation(left, right)).astype(bool)
            case Logic():
                left, right = aligned(self._truth(node.left), self._truth(node.right))
                return left & right if node.op == "and" else left | right
            case _:
                return np.asarray(self.value(node) != 0)

    def _piecewise(self, node: Piecewise) -> Array:
        result = self._constant(np.nan) if node.otherwise is None else self.value(node.otherwise)
        for value, condition in reversed(node.cases):
            result = np.where(self._truth(condition), self.value(value), result)
        return result


def aligned(left: Array, right: Array) -> tuple[Array, Array]:
    """Two values of one number of axes: a scalar (P,) beside an array becomes (P, 1, 1)."""
    if left.ndim < right.ndim:
        left = left.reshape(-1, *[1] * (right.ndim - 1))
    elif right.ndim < left.ndim:
        right = right.reshape(-1, *[1] * (left.ndim - 1))
    return left, right


def _extreme(kind: str, left: Array, right: Array) -> Array:
    """min or max that lets nan through."""
    take = left < right if kind == "min" else left > right
    chosen = np.where(take, left, right)
    return np.where((left != left) | (right != right), np.nan, chosen)


def _numpy_matrix(name: str, item: Array) -> Array:
    try:
        return np.asarray(np.linalg.inv(item) if name == "inv" else np.linalg.det(item))
    except np.linalg.LinAlgError:
        return np.full(item.shape if name == "inv" else item.shape[:1], np.nan)
