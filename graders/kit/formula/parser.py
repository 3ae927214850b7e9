"""From tokens to a tree: precedence, implicit products in LaTeX, parentheses, powers and bars.

Nothing is ever evaluated here, and nothing is guessed: where two readings are in use (`1/2x`, `\\ln a b`, `W^T a \\odot b`) the
reader stops and asks for parentheses.
"""

from __future__ import annotations

from fractions import Fraction

from . import dots, folds, forms, names
from .lexer import Token
from .scripts import first_letter
from .stream import OPENING, Stream
from .tree import Bin, Call, Compare, Const, Group, Logic, Neg, Node, Num, Transpose

MAX_LEVEL = 50
"""Brackets, powers and functions inside one another."""

COMPARE, ADD, NEGATE, ELEMENTWISE, MULTIPLY, POWER = 10, 20, 25, 28, 30, 50
"""Binding powers. In LaTeX `a \\odot b c` is a ⊙ (b c); Python-like products go from left to right, as in Python."""

_PRODUCTS = {"*": "*", "/": "/", "@": "@", ".*": ".*", "⊙": ".*", "×": "times", "·": "cdot"}
_COMPARISONS = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "!=": "!=", "==": "==", "=": "=="}
_STARTERS = frozenset(("(", "[", "{", "∑", "∏", "√", "∞"))
_NOT_HERE = {
    "∫": "integrals are not part of the notation: write the value",
    "∂": "derivatives are not part of the notation: write the derivative itself",
    "∇": "derivatives are not part of the notation: write the derivative itself",
    "…": "dots stand between the first terms and the last: x_1 + \\dots + x_n, or write sum(x[i], i, 1, n)",
    "≈": "an approximate value is no formula: write the exact form",
}


class Reader(Stream):
    """Reads one expression; see `reading.parse` for the whole way from text to checked tree."""

    def expression(self, least: int) -> Node:
        """An expression of operators that bind tighter than `least`."""
        self.level += 1
        if self.level > MAX_LEVEL:
            raise self.error(f"more than {MAX_LEVEL} levels of brackets, powers and functions; shorten the formula")
        position = self.token.start
        left = self.mark(self._prefix(least), position)
        while (step := self._infix(left, least)) is not None:
            left = self.mark(step, position)
        self.level -= 1
        return left

    def condition(self) -> Node:
        """A comparison, or several joined by `and` / `or`; also the chain `0 < x < 1`."""
        left = self._comparison()
        while self.token.text in ("and", "or", "&&", "∧", "∨", "&", "|"):
            sign = self.token.text
            if sign in ("&", "|") and (self.latex or self.bars):
                break
            token = self.next()
            right = self._comparison()
            if not all(isinstance(side, (Compare, Logic)) or _is_truth(side) for side in (left, right)):
                raise self.error(f"{token.text!r} joins comparisons only; of two answers write the one meant", token)
            left = Logic("and" if sign in ("and", "&&", "&", "∧") else "or", left, right)
        return left

    def _comparison(self) -> Node:
        first = self.expression(COMPARE)
        parts: list[Node] = []
        while self.token.kind == "operator" and self.token.text in _COMPARISONS:
            sign = _COMPARISONS[self.next().text]
            second = self.expression(COMPARE)
            parts.append(Compare(sign, first, second))
            first = second
        if not parts:
            return first
        whole = parts[0]
        for part in parts[1:]:
            whole = Logic("and", whole, part)
        return whole

    # --- operators ------------------------------------------------------------------------------------------------------------

    def _infix(self, left: Node, least: int) -> Node | None:
        token = self.token
        if token.kind == "operator":
            if token.text in ("+", "-"):
                if least >= ADD:
                    return None
                self.next()
                if token.text == "+" and self.sees("…"):
                    return self._dotted("sum", left, ("+",), ADD)
                return Bin(token.text, left, self.expression(ADD))
            if token.text in _PRODUCTS:
                return self._product(left, least)
            if token.text in ("^", "**", "!", ".T", "'"):
                return self._postfix(left, least)
            if token.text == "…" and least < MULTIPLY and self.latex:
                return self._dotted("prod", left, ("·", "×", "*"), MULTIPLY)
        if self.starts_factor() and least < MULTIPLY:
            self._check_juxtaposed(left)
            return Bin("juxt", left, self.expression(MULTIPLY))
        return None

    def _dotted(self, kind: str, left: Node, signs: tuple[str, ...], least: int) -> Node:
        """The dots under the cursor, the sign behind them and the last term."""
        token = self.next()
        if not self.take(*signs) and kind == "sum":
            raise self.error("after the dots comes + and the last term", token)
        return dots.read_dots(self, kind, left, self.expression(least), token)

    def _product(self, left: Node, least: int) -> Node | None:
        if least >= (ELEMENTWISE if self.latex and self.sees("⊙", ".*") else MULTIPLY):
            return None
        sign = self.next()
        if sign.text == "/" and self.sees("∑", "∏"):
            raise self.error("put the sum below the fraction bar into parentheses, or use \\frac{...}{...}")
        if self.sees("…") and _PRODUCTS[sign.text] in ("*", "cdot", "times"):
            return self._dotted("prod", left, ("·", "×", "*"), MULTIPLY)
        right = self.expression(ELEMENTWISE if self.latex and _PRODUCTS[sign.text] == ".*" else MULTIPLY)
        return Bin(_PRODUCTS[sign.text], left, right)

    def _postfix(self, left: Node, least: int) -> Node | None:
        if least >= POWER:
            return None
        sign = self.next()
        if sign.text == "!":
            return Call("factorial", (left,))
        if sign.text == ".T":
            return Transpose(left)
        if sign.text == "'":
            return Call("prime", (left,))
        if isinstance(left, Call) and left.name == "ln" and self.latex:
            raise self.error(
                "is the power of the logarithm or of its argument? Write \\left(\\ln(...)\\right)^p or \\ln((...)^p)"
            )
        return self._power(left, sign.text == "**")

    def _power(self, left: Node, doubled: bool) -> Node:
        if self.take("⊤"):
            return Transpose(left)
        if not self.latex or doubled:
            if self.token.text == "T" and self.context.find("T") is None:
                self.next()
                return Transpose(left)
            return Bin("^", left, self.expression(POWER - 1))
        opened = self.sees("{")
        inside = self.ahead() if opened else self.token
        alone = not opened or self.ahead(2).text == "}"
        if alone and inside.text in ("⊤", "T", "'") and (inside.text != "T" or self.context.find("T") is None):
            self.at += 3 if opened else 1
            return Transpose(left)
        exponent = self.script("exponent")
        if self.sees("^"):
            raise self.error("two exponents in a row: put braces around the one meant")
        return Bin("^", left, exponent)

    def script(self, what: str) -> Node:
        """LaTeX's argument of `^` or `\\frac`: a group in braces, or a single character or command.

        Raises FormulaError where it would take a part of a longer number.
        """
        token = self.token
        if self.take("{"):
            node = self.expression(0)
            self.expect("}", f"after the {what}")
            return Group(node)
        if token.kind == "number":
            if what == "exponent" and len(token.text) > 1:
                raise self.error(f"LaTeX raises only the first digit of {token.text}: write ^{{{token.text}}}")
            first_letter(self, self.at)
            return Num(Fraction(self.next().text))
        if token.kind == "name" and not token.whole:
            first_letter(self, self.at)
        if self.token.kind == "name" and self.ahead().text == "_":
            return names.resolve_word(self, self.token.text, self.next())
        if self.sees("-", "+"):
            raise self.error(f"put the {what} into braces")
        return self.expression(POWER)

    def _check_juxtaposed(self, left: Node) -> None:
        """Python-like notation has no product without a sign; in LaTeX a slash before one has two readings."""
        token = self.token
        if not self.latex:
            before = self.text[self.where.get(id(left), token.start) : token.start].strip()[-20:]
            raise self.error(f"a product needs its sign here: {before}*{self.text[token.start : token.end]}")
        if token.kind == "number" and not forms.opens_indicator(self):
            raise self.error("a number cannot follow a factor: write the power with ^, or the product with \\cdot")
        numbers = isinstance(left, Bin) and isinstance(left.left, Num) and isinstance(left.right, Num)
        if isinstance(left, Bin) and left.op == "/" and not (numbers and token.text in ("(", "[", "{")):
            raise self.error("a/b c has two readings: write \\frac{a}{b} c or \\frac{a}{b c}")

    def starts_factor(self) -> bool:
        """Whether the token under the cursor begins a factor (the right side of a product without a sign)."""
        token = self.token
        if token.kind in ("name", "number"):
            return token.text not in ("and", "or", "if", "otherwise", "else", "for", "in", "where")
        if token.kind == "command":
            return token.text != "end"
        if token.text in ("|", "‖"):
            closes = bool(self.bars) and (self.bars[-1] == token.text or (self.bars[-1] == "|" and self._is_double(token)))
            return self.latex and not closes
        return token.text in _STARTERS

    # --- operands -------------------------------------------------------------------------------------------------------------

    def _prefix(self, least: int) -> Node:
        token = self.token
        if token.kind == "number":
            return self._number()
        if folds.opens_mean(self):
            return folds.read_mean(self)
        if token.kind == "name" or (token.kind == "command" and token.text in ("hat", "bar", "tilde")):
            return names.read_name(self)
        if token.kind == "command":
            return forms.read_command(self)
        if self.take("-"):
            return Neg(self.expression(max(least, NEGATE)))
        if self.take("+"):
            return self.expression(max(least, NEGATE))
        if token.text in OPENING:
            return self.group()
        if token.text in ("|", "‖"):
            return self._bars()
        if token.text in ("∑", "∏"):
            self.next()
            return folds.read_big(self, "sum" if token.text == "∑" else "prod", token)
        if self.take("∞"):
            return Const("inf")
        if self.take("√"):
            return Call("sqrt", (self.script("root") if self.latex else self.expression(POWER),))
        if token.text in _NOT_HERE:
            raise self.error(_NOT_HERE[token.text])
        raise self.error(f"expected a number, a name or a bracket, got {self.describe(token)}")

    def _number(self) -> Node:
        token = self.next()
        if forms.opens_indicator(self, behind=True):
            condition = forms.read_indicator_group(self)
            if condition is not None:
                return condition
        if self.sees("_"):
            raise self.error("a number has no subscript")
        value = Fraction(token.text)
        if value != 0 and not Fraction(1, 10**30) <= value <= 10**30:
            raise self.error("a number is at most 1e30 and at least 1e-30 in size", token)
        return Num(value)

    def group(self) -> Node:
        """What stands in brackets; a comparison there is an indicator, 1 where it holds and 0 elsewhere."""
        opening = self.next()
        bars, self.bars = self.bars, []
        node = self.condition()
        self.bars = bars
        self.expect(OPENING[opening.text], f"to close the {opening.text!r} at character {opening.start + 1}")
        if isinstance(node, (Compare, Logic)):
            return Call("ind", (node,))
        return Group(node)

    def _bars(self) -> Node:
        """`|x|` is the absolute value and `‖v‖` the Euclidean norm."""
        opening = self.next()
        self.bars.append(opening.text)
        node = self.expression(0)
        self.bars.pop()
        if opening.text == "|" and self._is_double(self.token):
            first = self.token
            middle = first.start + 1
            halves = [Token("operator", "|", first.start, middle), Token("operator", "|", middle, first.end)]
            self.tokens[self.at : self.at + 1] = halves
        self.expect(opening.text, f"to close the bar at character {opening.start + 1}")
        if opening.text == "‖" and self.latex and self.sees("_") and self.ahead().text == "2":
            self.at += 2
        return Call("abs" if opening.text == "|" else "norm", (node,))

    def _is_double(self, token: Token) -> bool:
        """Whether a token is `||` as typed: a norm, or the end of one absolute value and the start of the next."""
        return token.text == "‖" and self.text[token.start : token.end] == "||"

    def arguments(self) -> tuple[Node, ...]:
        """A list in parentheses, square brackets or braces, separated by commas."""
        opening = self.next()
        args = [self.condition()]
        while self.take(",", ";"):
            args.append(self.condition())
        self.expect(OPENING[opening.text], f"to close the arguments opened at character {opening.start + 1}")
        return tuple(args)

    def read_function(self, name: str, token: Token) -> Node:
        """The arguments of a function whose name was just read."""
        return forms.read_function(self, name, token)


def _is_truth(node: Node) -> bool:
    """Whether a node is an indicator, such as a comparison in brackets."""
    return isinstance(node, Call) and node.name == "ind"
