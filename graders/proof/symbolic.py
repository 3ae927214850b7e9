"""Proof by sympy that two scalar formulas are equal. Runs only in the prover's process.

Sums over samples are brought to a normal form first: logarithms and products are expanded, what does not depend on the index
moves out, and each remaining sum (of ln x_i, of x_i^2, ...) becomes one symbol. Equal normal forms are equal formulas for
every n; nothing here depends on a particular length.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy

from graders.kit.formula import Context, Node
from graders.kit.formula.tree import (
    Bin,
    Call,
    Compare,
    Const,
    Fold,
    Index,
    Logic,
    Neg,
    Num,
    Piecewise,
    Sym,
    substitute,
)

from .inlining import CannotTranslate, inline

UNROLLED = 12
"""Terms up to which a sum between plain numbers is written out."""


def warm_up() -> None:
    """Load what a first proof would load."""
    x = sympy.Symbol("x", positive=True)
    sympy.simplify(sympy.log(x**2) - 2 * sympy.log(x) + sympy.exp(x) * sympy.exp(-x) - 1)


def equal(student: Node, right: Node, context: Context, up_to: str, free_of: tuple[str, ...]) -> bool:
    """Whether sympy shows the two equal: exactly, or up to a factor or summand that no name in `free_of` enters."""
    translator = Translator(context)
    a, b = (translator.translate(inline(tree, context)) for tree in (student, right))
    if not up_to:
        return _vanishes(a - b) or (not _is_sum(a) and _vanishes(a / b - 1))
    if any(name in symbol for name in free_of for symbol in translator.opaque):
        return False
    difference = sympy.log(a) - sympy.log(b) if up_to == "factor" else a - b
    difference = sympy.expand_log(difference)
    return all(_vanishes(sympy.diff(difference, translator.symbol(name))) for name in free_of)


def _is_sum(expression: Any) -> bool:
    return bool(expression.is_Add)


def _vanishes(expression: Any) -> bool:
    """From the cheapest test to the dearest."""
    if expression == 0 or sympy.expand(expression) == 0:
        return True
    steps: tuple[Callable[[Any], Any], ...] = (
        lambda e: sympy.cancel(sympy.together(sympy.expand_log(e))),
        lambda e: sympy.expand(sympy.powsimp(sympy.expand(sympy.expand_log(e.rewrite(sympy.exp))))),
        lambda e: sympy.cancel(sympy.together(sympy.expand_power_exp(sympy.expand_power_base(e.rewrite(sympy.exp))))),
        sympy.simplify,
    )
    return any(step(expression) == 0 for step in steps)


class Translator:
    """Trees to sympy. `opaque` lists the names of the symbols that stand for sums and conditions."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.symbols: dict[str, Any] = {}
        self.opaque: set[str] = set()
        self.bound: list[str] = []

    def symbol(self, name: str) -> Any:
        """The symbol of a declared scalar, with what the context says about it."""
        if name not in self.symbols:
            declared = self.context.find(name)
            low = self._lowest(name)
            facts: dict[str, bool] = {"real": True}
            if low is not None and (low > 0 or (low == 0 and not (declared and declared.integer))):
                facts["positive"] = True
            if declared is not None and declared.integer:
                facts["integer"] = True
            self.symbols[name] = sympy.Symbol(name, **facts)
        return self.symbols[name]

    def _lowest(self, name: str) -> float | None:
        """The lower bound as a number, followed through the names that bound it."""
        declared = self.context.find(name)
        for _ in range(10):
            if declared is None or declared.low is None:
                return None
            if not isinstance(declared.low, str):
                return float(declared.low)
            declared = self.context.find(declared.low)
        return None

    def translate(self, node: Node) -> Any:
        """The sympy expression of a tree.

        Raises CannotTranslate where a part has no counterpart.
        """
        match node:
            case Num():
                return sympy.Rational(node.value.numerator, node.value.denominator)
            case Const():
                return {"pi": sympy.pi, "e": sympy.E, "inf": sympy.oo}[node.name]
            case Sym():
                return sympy.Symbol(node.name, integer=True, positive=True) if node.name in self.bound else self.symbol(node.name)
            case Index():
                return self._element(node)
            case Neg():
                return -self.translate(node.item)
            case Bin():
                return self._binary(node)
            case Call():
                return self._call(node)
            case Fold():
                return self._fold(node)
            case Piecewise():
                return self._piecewise(node)
            case _:
                raise CannotTranslate(type(node).__name__)

    def _element(self, node: Index) -> Any:
        """`x[i]` as a symbol named after its index, with the sample's sign."""
        low = self._lowest(node.name)
        facts = {"positive": True} if low is not None and low >= 0 else {"real": True}
        return sympy.Symbol(f"{node.name}[{self.translate(node.index)}]", **facts)

    def _binary(self, node: Bin) -> Any:
        left, right = self.translate(node.left), self.translate(node.right)
        match node.op:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                return left / right
            case "^":
                return left**right
            case _:
                raise CannotTranslate(node.op)

    def _call(self, node: Call) -> Any:
        if node.name == "ind":
            return self._indicator(node.args[0])
        args = [self.translate(arg) for arg in node.args]
        table: dict[str, Callable[..., Any]] = {
            "exp": sympy.exp, "ln": sympy.log, "sqrt": sympy.sqrt, "abs": sympy.Abs, "sign": sympy.sign, "sin": sympy.sin,
            "cos": sympy.cos, "tan": sympy.tan, "arctan": sympy.atan, "sinh": sympy.sinh, "cosh": sympy.cosh,
            "tanh": sympy.tanh, "erf": sympy.erf, "Gamma": sympy.gamma, "lngamma": sympy.loggamma,
            "factorial": lambda z: sympy.gamma(z + 1), "min": sympy.Min, "max": sympy.Max,
            "sigmoid": lambda z: 1 / (1 + sympy.exp(-z)), "tanh_prime": lambda z: 1 - sympy.tanh(z) ** 2,
            "sigmoid_prime": lambda z: sympy.exp(-z) / (1 + sympy.exp(-z)) ** 2,
            "softplus": lambda z: sympy.log(1 + sympy.exp(z)), "Phi": lambda z: (1 + sympy.erf(z / sympy.sqrt(2))) / 2,
        }  # fmt: skip
        if node.name not in table:
            raise CannotTranslate(node.name)
        return table[node.name](*args)

    def _indicator(self, condition: Node) -> Any:
        return self._stand_in(f"[{self._condition(condition)}]", nonnegative=True)

    def _condition(self, node: Node) -> str:
        match node:
            case Compare():
                return f"{self.translate(node.left)} {node.op} {self.translate(node.right)}"
            case Logic():
                return f"({self._condition(node.left)} {node.op} {self._condition(node.right)})"
            case _:
                raise CannotTranslate("condition")

    def _piecewise(self, node: Piecewise) -> Any:
        if node.otherwise is None:
            raise CannotTranslate("cases without an otherwise")
        result = self.translate(node.otherwise)
        for value, condition in reversed(node.cases):
            holds = self._indicator(condition)
            result = holds * self.translate(value) + (1 - holds) * result
        return result

    def _stand_in(self, name: str, **facts: bool) -> Any:
        self.opaque.add(name)
        return sympy.Symbol(name, **facts)

    # --- sums -----------------------------------------------------------------------------------------------------------------

    def _fold(self, node: Fold) -> Any:
        lower, upper = self.translate(node.lower), self.translate(node.upper)
        if lower.is_Integer and upper.is_Integer and 0 <= upper - lower < UNROLLED:
            return self._unrolled(node, int(lower), int(upper))
        index = f"_{len(self.bound)}"
        self.bound.append(index)
        body = self.translate(substitute(node.body, node.variable, Sym(index)))
        self.bound.pop()
        count = upper - lower + 1
        if node.kind == "sum":
            return self._total(body, index, f"{lower}..{upper}", count)
        if node.kind == "prod" and body.is_positive:
            return sympy.exp(self._total(sympy.log(body), index, f"{lower}..{upper}", count))
        facts = {"positive": True} if body.is_positive else {"real": True}
        return self._stand_in(f"{node.kind} {index} {lower}..{upper} {sympy.expand(body)}", **facts)

    def _unrolled(self, node: Fold, lower: int, upper: int) -> Any:
        terms = [self.translate(substitute(node.body, node.variable, Num(Fraction(step)))) for step in range(lower, upper + 1)]
        if node.kind in ("min", "max"):
            return (sympy.Min if node.kind == "min" else sympy.Max)(*terms)
        return sympy.Add(*terms) if node.kind == "sum" else sympy.Mul(*terms)

    def _total(self, body: Any, index: str, limits: str, count: Any) -> Any:
        """The sum of `body` in normal form: constants out, one symbol for each different sum that is left."""
        expanded = sympy.expand(sympy.expand_log(sympy.expand(body)))
        total = sympy.Integer(0)
        for term in sympy.Add.make_args(expanded):
            inner = [
                symbol
                for symbol in term.free_symbols
                if symbol.name == index or f"[{index}]" in symbol.name or index in symbol.name
            ]
            coefficient, rest = term.as_independent(*inner, as_Add=False) if inner else (term, sympy.Integer(1))
            if rest == 1:
                total += coefficient * count
            else:
                facts = {"positive": True} if rest.is_positive else {"real": True}
                total += coefficient * self._stand_in(f"sum {index} {limits} {sympy.srepr(rest)}", **facts)
        return total
