"""Exact derivatives of trees: the step that derivations are checked by.

Scalar formulas only. Derived names are put in by their definitions first, so that what depends on the variable through them is
seen. An indicator has derivative 0 and a ReLU its mask: true everywhere but at the kink itself.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from graders.kit.formula import CannotCompute, Context, Node
from graders.kit.formula.tree import Bin, Call, Const, Fold, Neg, Num, Piecewise, Sym, free_names

from .inlining import inline

ZERO, ONE, TWO = Num(Fraction(0)), Num(Fraction(1)), Num(Fraction(2))


def derivative(tree: Node, variable: str, context: Context) -> Node:
    """The derivative in `variable` as a tree.

    Raises CannotCompute where the formula has a part without a rule here.
    """
    return _derive(inline(tree, context), variable)


def _derive(node: Node, variable: str) -> Node:
    if variable not in free_names(node):
        return ZERO
    match node:
        case Sym():
            return ONE
        case Neg():
            return Neg(_derive(node.item, variable))
        case Bin():
            return _binary(node, variable)
        case Call():
            return _call(node, variable)
        case Fold():
            return _fold(node, variable)
        case Piecewise():
            cases = tuple((_derive(value, variable), condition) for value, condition in node.cases)
            return Piecewise(cases, None if node.otherwise is None else _derive(node.otherwise, variable))
        case _:
            raise CannotCompute(f"no rule for the derivative of {type(node).__name__} in {variable}")


def _binary(node: Bin, variable: str) -> Node:
    left, right = node.left, node.right
    if node.op == "^":
        return _power(left, right, variable)
    dleft, dright = _derive(left, variable), _derive(right, variable)
    match node.op:
        case "+" | "-":
            return dleft if dright == ZERO else Bin(node.op, dleft, dright)
        case "*":
            return Bin("+", Bin("*", dleft, right), Bin("*", left, dright))
        case "/":
            above = Bin("-", Bin("*", dleft, right), Bin("*", left, dright))
            return Bin("/", dleft, right) if dright == ZERO else Bin("/", above, Bin("^", right, TWO))
        case _:
            raise CannotCompute("no derivative of matrix formulas")


def _power(base: Node, exponent: Node, variable: str) -> Node:
    """d a^b = a^b (b' ln a + b a'/a), with the half that is zero left out."""
    dbase, dexponent = _derive(base, variable), _derive(exponent, variable)
    whole = Bin("^", base, exponent)
    by_exponent: Node = dexponent if base == Const("e") else Bin("*", dexponent, Call("ln", (base,)))
    if dbase == ZERO:
        return Bin("*", whole, by_exponent)
    by_base = Bin("*", Bin("*", exponent, Bin("^", base, Bin("-", exponent, ONE))), dbase)
    return by_base if dexponent == ZERO else Bin("+", by_base, Bin("*", whole, by_exponent))


def _fold(node: Fold, variable: str) -> Node:
    if variable in free_names(node.lower) | free_names(node.upper) or node.kind not in ("sum", "prod"):
        raise CannotCompute(f"no rule for the derivative of {node.kind} in {variable}")
    inner = _derive(node.body, variable)
    if node.kind == "sum":
        return Fold("sum", node.variable, node.lower, node.upper, inner)
    return Bin("*", node, Fold("sum", node.variable, node.lower, node.upper, Bin("/", inner, node.body)))


def _call(node: Call, variable: str) -> Node:
    if node.name == "ind":
        return ZERO
    if len(node.args) != 1 or node.name not in _OUTER:
        raise CannotCompute(f"no rule for the derivative of {node.name}")
    (inner,) = node.args
    return Bin("*", _OUTER[node.name](inner), _derive(inner, variable))


def _one(name: str) -> Callable[[Node], Node]:
    return lambda z: Call(name, (z,))


_OUTER: dict[str, Callable[[Node], Node]] = {
    "exp": _one("exp"),
    "ln": lambda z: Bin("/", ONE, z),
    "sqrt": lambda z: Bin("/", ONE, Bin("*", TWO, Call("sqrt", (z,)))),
    "abs": _one("sign"),
    "sign": lambda z: ZERO,
    "sin": _one("cos"),
    "cos": lambda z: Neg(Call("sin", (z,))),
    "arctan": lambda z: Bin("/", ONE, Bin("+", ONE, Bin("^", z, TWO))),
    "sinh": _one("cosh"),
    "cosh": _one("sinh"),
    "tanh": _one("tanh_prime"),
    "sigmoid": _one("sigmoid_prime"),
    "relu": _one("relu_prime"),
    "softplus": _one("sigmoid"),
    "Phi": lambda z: Bin("/", Call("exp", (Neg(Bin("/", Bin("^", z, TWO), TWO)),)), Call("sqrt", (Bin("*", TWO, Const("pi")),))),
}


def uses(tree: Node, name: str, context: Context) -> bool:
    """Whether the value depends on a name, through derived names too."""
    return name in free_names(inline(tree, context))
