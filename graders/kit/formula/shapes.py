"""Shapes: which product a product is, and whether it is defined at all.

`*`, a dot or plain juxtaposition may mean scaling, the matrix product or the elementwise one. The shapes decide; where two
readings fit, the reader asks. After `resolve` the tree says `*` (a scalar on one side), `@` or `.*`, and no `Group` is left.
A 1×1 product is a scalar. A scalar added to an array is added to every entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from .context import Context, show
from .functions import FUNCTIONS
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
    Shape,
    Sym,
    Transpose,
    free_names,
    rebuild,
)

Complain = Callable[[str, Node], Exception]
"""Makes the error for a message about a node."""

_PRODUCTS = ("*", "@", ".*", "juxt", "times", "cdot")


@dataclass(frozen=True)
class Resolver:
    """Resolves one tree. `shapes` are those of the declared names; `complain` makes the errors."""

    context: Context
    shapes: Mapping[str, Shape]
    complain: Complain

    def resolve(self, node: Node) -> tuple[Node, Shape]:
        """The tree with every product named, and its shape.

        Raises what `complain` makes where an operation is not defined for the shapes that meet in it.
        """
        match node:
            case Num() | Const():
                return node, ()
            case Sym():
                return node, self.shapes.get(node.name, ())
            case Index():
                index = self._scalar(node.index, "an index")
                return Index(node.name, index), self.shapes.get(node.name, ())
            case Group():
                return self.resolve(node.item)
            case Neg():
                item, shape = self.resolve(node.item)
                return Neg(item), shape
            case Transpose():
                item, shape = self.resolve(node.item)
                return (Transpose(item), shape[::-1]) if shape else (item, ())
            case Bin():
                return self._binary(node)
            case Call():
                return self._call(node)
            case Fold():
                return self._fold(node)
            case Compare():
                left, right, shape = self._both(node.left, node.right, node, "compare")
                return Compare(node.op, left, right), shape
            case Logic():
                left, right, shape = self._both(node.left, node.right, node, f"join by {node.op!r}")
                return Logic(node.op, left, right), shape
            case Piecewise():
                return self._piecewise(node)

    def _scalar(self, node: Node, what: str) -> Node:
        resolved, shape = self.resolve(node)
        if shape:
            raise self.complain(f"{what} has to be a scalar; this is {show(shape)}", node)
        return resolved

    def _both(self, left: Node, right: Node, node: Node, verb: str) -> tuple[Node, Node, Shape]:
        """Two sides of one shape, or one of them a scalar."""
        first, a = self.resolve(left)
        second, b = self.resolve(right)
        if a and b and a != b:
            raise self.complain(f"cannot {verb} {_named(left)}{show(a)} and {_named(right)}{show(b)}: the shapes differ", node)
        return first, second, a or b

    def _binary(self, node: Bin) -> tuple[Node, Shape]:
        if node.op in ("+", "-"):
            verb = "add" if node.op == "+" else "subtract"
            left, right, shape = self._both(node.left, node.right, node, verb)
            return Bin(node.op, left, right), shape
        if node.op == "^":
            return self._power(node)
        if node.op == "/":
            return self._quotient(node)
        left, a = self.resolve(node.left)
        right, b = self.resolve(node.right)
        if not a or not b:
            return Bin("*", left, right), a or b
        op = self._product_of(node, a, b)
        self._check_mixed(node, op, left, right)
        if op == ".*":
            return Bin(op, left, right), a
        shape = (a[0], b[1])
        return Bin(op, left, right), () if shape == (1, 1) else shape

    def _product_of(self, node: Bin, a: Shape, b: Shape) -> str:
        """`@` or `.*` for two arrays, as the sign and the shapes allow."""
        matrix, elementwise = a[1] == b[0], a == b
        sizes = f"{_named(node.left)}{show(a)}, {_named(node.right)}{show(b)}"
        if node.op == ".*":
            if not elementwise:
                raise self.complain(f"the elementwise product needs equal shapes; got {sizes}", node)
            return ".*"
        if node.op in ("*", "times") and matrix and elementwise:
            raise self.complain(f"this product may be the matrix or the elementwise one ({sizes}): write @ or .* (\\odot)", node)
        if matrix:
            return "@"
        if node.op in ("*", "times") and elementwise:
            return ".*"
        raise self.complain(f"the product is not defined: {sizes}{_product_hint(node, a, b)}", node)

    def _check_mixed(self, node: Bin, op: str, left: Node, right: Node) -> None:
        """`W^T a ⊙ b` has two readings; Python's `W.T @ a * b` has one (left to right)."""
        other = {"@": ".*", ".*": "@"}[op]
        for written, side in ((node.left, left), (node.right, right)):
            if isinstance(written, Bin) and isinstance(side, Bin) and side.op == other and {node.op, written.op} != {"@", "*"}:
                raise self.complain(
                    "a matrix product and an elementwise product meet here: put parentheses, (W^T a) ⊙ b or W^T (a ⊙ b)", node
                )

    def _power(self, node: Bin) -> tuple[Node, Shape]:
        base, shape = self.resolve(node.left)
        exponent_node = node.right.item if isinstance(node.right, Group) else node.right
        if shape and exponent_node == Sym("T"):
            return Transpose(base), shape[::-1]
        exponent = self._scalar(node.right, "an exponent")
        if not shape:
            return Bin("^", base, exponent), ()
        if shape[0] == shape[1] and exponent == Neg(Num(Fraction(1))):
            return Call("inv", (base,)), shape
        small = isinstance(exponent, Num) and exponent.value.denominator == 1 and 1 <= exponent.value <= 4
        if shape[0] != shape[1] or not (small and isinstance(exponent, Num)):
            raise self.complain(
                f"no such power of {_named(node.left)}{show(shape)}: write x^T x, x ⊙ x or a product of matrices", node
            )
        product = base
        for _ in range(int(exponent.value) - 1):
            product = Bin("@", product, base)
        return product, shape

    def _quotient(self, node: Bin) -> tuple[Node, Shape]:
        left, a = self.resolve(node.left)
        right, b = self.resolve(node.right)
        if b and 1 not in b:
            raise self.complain(f"cannot divide by {_named(node.right)}{show(b)}: write the inverse, W^{{-1}}", node)
        if a and b and a != b:
            raise self.complain(f"cannot divide {show(a)} by {show(b)}: the shapes differ", node)
        return Bin("/", left, right), a or b

    def _call(self, node: Call) -> tuple[Node, Shape]:
        parts = [self.resolve(arg) for arg in node.args]
        args = tuple(part for part, _ in parts)
        shapes = [shape for _, shape in parts]
        if node.name == "dot":
            return self._dot(node, args, shapes)
        if node.name == "prime":
            if not shapes[0]:
                raise self.complain("a prime is not part of the notation here: write the derivative itself", node)
            return Transpose(args[0]), shapes[0][::-1]
        if node.name == "average":
            raise self.complain("the mean runs over a sample, such as mean(x)", node)
        known = FUNCTIONS.get(node.name)
        rule = known.shape if known is not None else "elementwise"
        arrays = [shape for shape in shapes if shape]
        if rule in ("elementwise", "condition"):
            if any(shape != arrays[0] for shape in arrays):
                raise self.complain(f"{node.name} of arrays of different shapes", node)
            return Call(node.name, args), arrays[0] if arrays else ()
        shape = shapes[0]
        if rule == "to scalar":
            if not shape and node.name == "total":
                raise self.complain("there is nothing to sum here: name the index, sum(x[i], i, 1, n)", node)
            return (Call(node.name, args), ()) if shape else (Call("abs", args), ())
        if rule in ("diagonal", "vector") and (not shape or shape[1] != 1):
            raise self.complain(f"{node.name} takes a column vector; this is {show(shape)}", node)
        if rule.startswith("square") and (not shape or shape[0] != shape[1]):
            raise self.complain(f"{node.name} takes a square matrix; this is {show(shape)}", node)
        result: Shape = {"diagonal": (shape[0], shape[0]), "square to scalar": ()}.get(rule, shape)
        return Call(node.name, args), result

    def _dot(self, node: Call, args: tuple[Node, ...], shapes: list[Shape]) -> tuple[Node, Shape]:
        """numpy's `dot`: the inner product of two columns, else the matrix product."""
        a, b = shapes
        if not a or not b:
            return Bin("*", *args), a or b
        if a == b and a[1] == 1:
            return Bin("@", Transpose(args[0]), args[1]), ()
        if a[1] != b[0]:
            raise self.complain(f"dot is not defined for {show(a)} and {show(b)}", node)
        shape = (a[0], b[1])
        return Bin("@", *args), () if shape == (1, 1) else shape

    def _fold(self, node: Fold) -> tuple[Node, Shape]:
        lower, upper = self._scalar(node.lower, "a limit"), self._scalar(node.upper, "a limit")
        if node.variable in free_names(lower) | free_names(upper):
            raise self.complain(f"the limits of a sum over {node.variable} cannot depend on {node.variable}", node)
        inner = Resolver(self.context, {**self.shapes, node.variable: ()}, self.complain)
        body, shape = inner.resolve(node.body)
        if shape and node.kind != "sum":
            raise self.complain(f"{node.kind} runs over scalars; this is {show(shape)}", node)
        return Fold(node.kind, node.variable, lower, upper, body), shape

    def _piecewise(self, node: Piecewise) -> tuple[Node, Shape]:
        for part in (*(value for value, _ in node.cases), *(condition for _, condition in node.cases), node.otherwise):
            if part is not None:
                self._scalar(part, "each case")
        resolved = rebuild(node, lambda child: self.resolve(child)[0])
        return resolved, ()


def _named(node: Node) -> str:
    """`W1 is ` in front of a shape, where the side has a name."""
    while isinstance(node, Group):
        node = node.item
    if isinstance(node, Sym):
        return f"{node.name} is "
    if isinstance(node, Transpose) and isinstance(node.item, Sym):
        return f"{node.item.name}^T is "
    return ""


def _product_hint(node: Bin, a: Shape, b: Shape) -> str:
    """Which neighbouring products would be defined."""
    if a == b:
        return "; write a^T b for the inner product, or a ⊙ b (a .* b) for the elementwise one"
    if a[0] == b[0]:
        return "; the transpose on the left would fit"
    if a[1] == b[1]:
        return "; the transpose on the right would fit"
    if b[1] == a[0]:
        return "; the other order would fit"
    return ""
