"""A tree written back in both notations: how the reader understood a formula.

Both outputs read back to the same tree: `parse(to_plain(tree), context) == tree`, and so for `to_latex`.
"""

from __future__ import annotations

import re
from fractions import Fraction

from .context import Context
from .functions import FUNCTIONS
from .letters import GREEK
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
    walk,
)

_LEVEL = {"+": 1, "-": 1, "*": 2, "/": 2, "@": 2, ".*": 2, "^": 4}
_NEGATED, _ATOM = 2, 9
_SIGN = {"<": "<", ">": ">", "<=": r"\le", ">=": r"\ge", "==": "=", "!=": r"\ne"}
_GREEK_NAMES = frozenset(GREEK.values())


def to_plain(tree: Node) -> str:
    """Python-like notation."""
    return _Plain().write(tree)


def to_latex(tree: Node, context: Context | None = None) -> str:
    """LaTeX, with the names printed as the context says."""
    return _Latex(context).write(tree)


def number_text(value: Fraction) -> str:
    """A non-negative number as a literal without exponent: `3`, `0.25`."""
    if value.denominator == 1:
        return str(value.numerator)
    digits = 0
    while (value * 10**digits).denominator != 1:
        digits += 1
        if digits > 60:
            raise ValueError(f"{value} has no finite decimal form")
    whole = str(int(value * 10**digits)).rjust(digits + 1, "0")
    return f"{whole[:-digits]}.{whole[-digits:]}"


def _level(node: Node) -> int:
    match node:
        case Bin():
            return _LEVEL[node.op]
        case Neg():
            return _NEGATED
        case Num() if node.value.denominator != 1 and "." not in number_text(node.value):
            return 2
        case _:
            return _ATOM


class _Plain:
    """Writes Python-like notation."""

    def write(self, node: Node) -> str:
        match node:
            case Num():
                return number_text(node.value)
            case Const() | Sym():
                return node.name
            case Index():
                return f"{node.name}[{self.write(node.index)}]"
            case Neg():
                return "-" + self._inside(node.item, 2)
            case Transpose():
                return self._inside(node.item, _ATOM) + ".T"
            case Bin():
                return self._binary(node)
            case Call(name="ind"):
                return f"ind({self.write(node.args[0])})"
            case Call():
                return f"{_plain_function(node.name)}({', '.join(self.write(arg) for arg in node.args)})"
            case Fold():
                parts = (self.write(node.body), node.variable, self.write(node.lower), self.write(node.upper))
                return f"{node.kind}({', '.join(parts)})"
            case Compare():
                return f"{self.write(node.left)} {node.op} {self.write(node.right)}"
            case Logic():
                return f"{self.write(node.left)} {node.op} {self.write(node.right)}"
            case Piecewise():
                rows = [self.write(part) for case in node.cases for part in case]
                tail = [] if node.otherwise is None else [self.write(node.otherwise)]
                return f"piecewise({', '.join(rows + tail)})"
            case Group():
                return self.write(node.item)

    def _inside(self, node: Node, least: int) -> str:
        """A child, in parentheses where it binds less than `least`."""
        text = self.write(node)
        return text if _level(node) >= least and not isinstance(node, Neg) else f"({text})"

    def _binary(self, node: Bin) -> str:
        left, right = _sides(node)
        first = f"({self.write(node.left)})" if left else self.write(node.left)
        second = f"({self.write(node.right)})" if right else self.write(node.right)
        spaces = node.op in ("+", "-", "@", ".*")
        return f"{first} {node.op} {second}" if spaces else f"{first}{node.op}{second}"


def _plain_function(name: str) -> str:
    return {"relu_prime": "relu_prime", "total": "sum"}.get(name, name)


def _sides(node: Bin) -> tuple[bool, bool]:
    """Whether the left and the right side need parentheses."""
    level = _LEVEL[node.op]
    left, right = _level(node.left), _level(node.right)
    if node.op == "^":
        return left < _ATOM or isinstance(node.left, Neg), right < _ATOM
    if node.op in ("+", "-"):
        return left < level, right <= level or isinstance(node.right, Neg)
    mixed = isinstance(node.left, Bin) and {node.op, node.left.op} in ({"@", ".*"}, {"/", "@"}, {"/", ".*"}, {"*", ".*"})
    return left < level or isinstance(node.left, Neg) or mixed, right <= level or isinstance(node.right, Neg)


class _Latex:
    """Writes LaTeX."""

    def __init__(self, context: Context | None) -> None:
        self.context = context

    def write(self, node: Node) -> str:
        match node:
            case Num():
                return number_text(node.value)
            case Const():
                return {"pi": r"\pi", "inf": r"\infty"}.get(node.name, node.name)
            case Sym():
                return self._name(node.name)
            case Index():
                return f"{self._name(node.name)}_{{{self.write(node.index)}}}"
            case Neg():
                return "-" + self._bracket(node.item, _level(node.item) < 2 or isinstance(node.item, Neg))
            case Transpose():
                return (
                    self._bracket(node.item, _level(node.item) < _ATOM or isinstance(node.item, (Transpose, Call))) + r"^{\top}"
                )
            case Bin():
                return self._binary(node)
            case Call():
                return self._call(node)
            case Fold():
                return self._fold(node)
            case Compare():
                return f"{self.write(node.left)} {_SIGN[node.op]} {self.write(node.right)}"
            case Logic():
                sign = r"\land" if node.op == "and" else r"\lor"
                return f"{self.write(node.left)} {sign} {self.write(node.right)}"
            case Piecewise():
                rows = [f"{self.write(value)} & {self.write(condition)}" for value, condition in node.cases]
                if node.otherwise is not None:
                    rows.append(f"{self.write(node.otherwise)} & \\text{{otherwise}}")
                return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"
            case Group():
                return self._bracket(node.item, True)

    def _bracket(self, node: Node, wanted: bool) -> str:
        text = self.write(node)
        return rf"\left({text}\right)" if wanted else text

    def _binary(self, node: Bin) -> str:
        if node.op == "/":
            return rf"\frac{{{self.write(node.left)}}}{{{self.write(node.right)}}}"
        left, right = _sides(node)
        if node.op == "^":
            left = left or not isinstance(node.left, (Num, Const, Sym, Index))
            return f"{self._bracket(node.left, left)}^{{{self.write(node.right)}}}"
        left = (left and not _is_fraction(node.left)) or (_LEVEL[node.op] == 2 and _opens_far(node.left))
        right = right and not (node.op in ("*", "@") and _is_fraction(node.right))
        sign = {"*": r"\cdot", "@": "", ".*": r"\odot"}.get(node.op, node.op)
        if node.op == "@":
            right = right or isinstance(node.right, Num)
        first, second = self._bracket(node.left, left), self._bracket(node.right, right)
        return f"{first} {sign} {second}" if sign else f"{first} {second}"

    def _call(self, node: Call) -> str:
        if node.name == "sqrt":
            return rf"\sqrt{{{self.write(node.args[0])}}}"
        if node.name == "abs":
            return rf"\left\lvert {self.write(node.args[0])} \right\rvert"
        if node.name == "ind":
            return rf"\mathbb{{1}}\left[{self.write(node.args[0])}\right]"
        if node.name == "norm":
            return rf"\left\lVert {self.write(node.args[0])} \right\rVert"
        if node.name == "factorial":
            return self._bracket(node.args[0], not isinstance(node.args[0], (Sym, Num, Index))) + "!"
        known = FUNCTIONS.get(node.name)
        head = self._name(node.name) if known is None else r"\operatorname{sum}" if node.name == "total" else known.latex
        return rf"{head}\left({', '.join(self.write(arg) for arg in node.args)}\right)"

    def _fold(self, node: Fold) -> str:
        heads = {"sum": r"\sum", "prod": r"\prod", "min": r"\min", "max": r"\max"}
        limits = f"_{{{node.variable}={self.write(node.lower)}}}^{{{self.write(node.upper)}}}"
        is_product = node.kind != "sum" and isinstance(node.body, Bin) and node.body.op in ("*", "@", ".*")
        return rf"{heads[node.kind]}{limits} {self._bracket(node.body, _level(node.body) < 2 or is_product)}"

    def _name(self, name: str) -> str:
        declared = self.context.find(name) if self.context is not None else None
        if declared is not None and declared.latex:
            return declared.latex
        return name_to_latex(name)


def name_to_latex(name: str) -> str:
    """`thetahat` is `\\hat{\\theta}`, `W1` is `W_{1}`, `sigma_12` is `\\sigma_{12}`."""
    match = re.fullmatch(r"([A-Za-z]+?)(hat|bar|tilde)?_?([0-9]+|(?<=_)[A-Za-z0-9]+)?", name)
    if match is None:
        return rf"\mathrm{{{name}}}"
    base, accent, script = match.groups()
    core = f"\\{base}" if base in _GREEK_NAMES else base if len(base) == 1 else None
    if core is None:
        return rf"\mathrm{{{name}}}"
    if accent:
        core = rf"\{accent}{{{core}}}"
    return core + (f"_{{{script}}}" if script else "")


def _is_fraction(node: Node) -> bool:
    return isinstance(node, Bin) and node.op == "/"


def _opens_far(node: Node) -> bool:
    """Whether LaTeX would read what follows into the body of a sum at the end of this factor."""
    return any(isinstance(part, Fold) for part in walk(node)) and not _is_fraction(node) and _ends_with_fold(node)


def _ends_with_fold(node: Node) -> bool:
    match node:
        case Fold():
            return True
        case Bin():
            return node.op != "/" and _ends_with_fold(node.right)
        case Neg():
            return _ends_with_fold(node.item)
        case _:
            return False
