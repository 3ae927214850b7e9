"""The same evaluation in high precision, for points where float64 cannot tell.

Values are mpmath numbers in object arrays. Points are exact float64 numbers, so both precisions look at the same point.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath
import numpy as np

from graders.kit.formula import Arithmetic, CannotCompute, Context, Node, evaluate
from graders.kit.formula.functions import Array
from graders.kit.formula.tree import Num, walk

from .points import Batch, complete

LARGEST = 1e5
"""Largest exponent of e that is computed; beyond it a value is out of reach, not undefined."""


TERMS = 300
"""Terms of all sums together in high precision, where each costs a thousand times more."""


def _guarded(context: Any, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def compute(value: Any) -> Any:
        if mpmath.isnan(value):
            return context.nan
        try:
            result = function(value)
        except (ValueError, ZeroDivisionError):
            return context.nan
        return context.nan if isinstance(result, context.mpc) else result

    return compute


def _exp(context: Any, value: Any) -> Any:
    if context.isinf(value):
        return context.mpf(0) if value < 0 else context.inf
    if abs(value) > LARGEST:
        raise CannotCompute("an exponential is too large to compute")
    return context.exp(value)


def _small(context: Any, value: Any, function: Callable[[Any], Any]) -> Any:
    if abs(value) > 1e4:
        raise CannotCompute("the argument of a Gamma function is too large")
    return context.nan if value <= 0 and value == context.floor(value) else function(value)


def _power(context: Any, base: Any, exponent: Any) -> Any:
    if context.isnan(base) or context.isnan(exponent):
        return context.nan
    if base == 0:
        return context.mpf(1) if exponent == 0 else context.mpf(0) if exponent > 0 else context.nan
    if base < 0 and exponent != context.floor(exponent):
        return context.nan
    if context.isinf(base) or context.isinf(exponent):
        return context.mpf(np.power(float(base), float(exponent)))
    if abs(exponent * context.log(abs(base))) > LARGEST:
        raise CannotCompute("a power is too large to compute")
    return context.power(base, exponent)


def _divide(context: Any, left: Any, right: Any) -> Any:
    if right == 0:
        return context.nan if left == 0 or left != left else context.inf * context.sign(left)
    return left / right


def _functions(context: Any) -> dict[str, Callable[..., Array]]:
    one, half = context.mpf(1), context.mpf("0.5")

    def sigmoid(z: Any) -> Any:
        return one / (one + _exp(context, -z))

    table: dict[str, Callable[[Any], Any]] = {
        "exp": lambda z: _exp(context, z),
        "ln": lambda z: context.nan if z < 0 else (-context.inf if z == 0 else context.log(z)),
        "sqrt": lambda z: context.nan if z < 0 else context.sqrt(z),
        "abs": abs,
        "sign": context.sign,
        "sin": context.sin,
        "cos": context.cos,
        "tan": context.tan,
        "arctan": context.atan,
        "sinh": lambda z: (_exp(context, z) - _exp(context, -z)) / 2,
        "cosh": lambda z: (_exp(context, z) + _exp(context, -z)) / 2,
        "tanh": context.tanh,
        "sigmoid": sigmoid,
        "sigmoid_prime": lambda z: sigmoid(z) * sigmoid(-z),
        "tanh_prime": lambda z: one - context.tanh(z) ** 2,
        "relu": lambda z: z if z > 0 else context.mpf(0),
        "relu_prime": lambda z: one if z > 0 else context.mpf(0),
        "softplus": lambda z: context.log(one + _exp(context, z)),
        "Phi": lambda z: half * context.erfc(-z / context.sqrt(2)),
        "erf": context.erf,
        "Gamma": lambda z: _small(context, z, context.gamma),
        "lngamma": lambda z: context.nan if z <= 0 else _small(context, z, context.loggamma),
        "factorial": lambda z: _small(context, z + 1, context.gamma),
    }
    return {name: _entrywise(context, _guarded(context, function), 1) for name, function in table.items()}


def _entrywise(context: Any, function: Callable[..., Any], arguments: int) -> Callable[..., Array]:
    """A function on arrays that also remembers the largest value it ever gave, in bits, as `context.peak`."""

    def watched(*values: Any) -> Any:
        result = function(*values)
        if result and context.isfinite(result):
            context.peak = max(context.peak, context.mag(result))
        return result

    compute = np.frompyfunc(watched, arguments, 1)
    return lambda *arrays: np.asarray(compute(*arrays), dtype=object)


def _matrices(context: Any, name: str) -> Callable[..., Array]:
    def compute(items: Array) -> Array:
        results = []
        for item in items:
            matrix = context.matrix(item.tolist())
            try:
                result = matrix**-1 if name == "inv" else context.det(matrix)
            except ZeroDivisionError:
                result = matrix * context.nan if name == "inv" else context.nan
            results.append(np.array(result.tolist(), dtype=object) if name == "inv" else result)
        if name == "inv":
            return np.stack(results)
        array = np.empty(len(results), dtype=object)
        array[:] = results
        return array

    return compute


def digits_lost(digits: int, *trees: Node) -> int:
    """How many decimal digits a cancellation may have eaten since `arithmetic(digits)` was last asked this; at most.

    The size of the largest value that a function gave, and of all numbers written in the trees.
    """
    context = _context(digits)
    bits, context.peak = context.peak, 0
    literals = sum(math.log10(node.value) for tree in trees for node in walk(tree) if isinstance(node, Num) and node.value > 1)
    return int(bits * 0.302 + literals)


@lru_cache(maxsize=16)
def _context(digits: int) -> Any:
    context = mpmath.mp.clone()
    context.dps = digits
    context.peak = 0
    return context


@lru_cache(maxsize=16)
def arithmetic(digits: int) -> Arithmetic:
    """Arithmetic with that many decimal digits, in an mpmath context of its own."""
    context = _context(digits)
    functions = _functions(context)
    functions["matrix inv"], functions["matrix det"] = _matrices(context, "inv"), _matrices(context, "det")

    def number(value: Fraction) -> Any:
        return context.mpf(value.numerator) / value.denominator

    return Arithmetic(
        number=number,
        constants={"pi": +context.pi, "e": context.exp(1), "inf": context.inf},
        functions=functions,
        divide=_entrywise(context, lambda a, b: _divide(context, a, b), 2),
        power=_entrywise(context, lambda a, b: _power(context, a, b), 2),
        dtype=object,
        terms=TERMS,
    )


def precise_values(context: Context, batch: Batch, rows: list[int], digits: int) -> dict[str, Array]:
    """The chosen points of a batch in high precision, the derived names computed anew."""
    numbers = arithmetic(digits)
    convert = np.frompyfunc(lambda value: numbers.number(Fraction(float(value))), 1, 1)
    base = {name: np.asarray(convert(value[rows]), dtype=object) for name, value in batch.base.items()}
    return complete(context, base, numbers)


def precise(tree: Node, values: dict[str, Array], context: Context, digits: int) -> Array:
    """The tree at those points.

    Raises CannotCompute where a value is out of reach.
    """
    return evaluate(tree, values, context, arithmetic(digits))
