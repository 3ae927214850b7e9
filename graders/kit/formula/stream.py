"""Tokens being read: where the reader stands, which index variables are bound, and how it complains."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field

from ..errors import FormulaError
from .context import Context, key
from .functions import FUNCTIONS, OTHER_NAMES
from .lexer import Token
from .tree import Node

OPENING = {"(": ")", "[": "]", "{": "}"}
INDEX_LETTERS = "ijklmrt"
"""Letters that may stand for an index without being declared."""

_PLURALS = ("sum", "prod", "mean", "min", "max", "len", "transpose", "hadamard", "piecewise", "where", "pi", "e", "inf")


@dataclass
class Bound:
    """Index variables of one sum. An open one takes the first free index it meets (a sum written without bounds)."""

    names: set[str] = field(default_factory=set)
    open: bool = False
    elementwise: str = ""
    lengths: set[str] = field(default_factory=set)


class Stream:
    """The token list of one formula with a cursor."""

    def __init__(self, text: str, tokens: list[Token], context: Context, latex: bool) -> None:
        self.text = text
        self.tokens = tokens
        self.context = context
        self.latex = latex
        self.at = 0
        self.scopes: list[Bound] = []
        self.where: dict[int, int] = {}
        self.kept: list[Node] = []
        self.bars: list[str] = []
        self.level = 0

    @property
    def token(self) -> Token:
        """The token under the cursor."""
        return self.tokens[self.at]

    def ahead(self, steps: int = 1) -> Token:
        """A later token (the end token where there is none)."""
        return self.tokens[min(self.at + steps, len(self.tokens) - 1)]

    def next(self) -> Token:
        """The token under the cursor; the cursor moves on."""
        token = self.token
        if token.kind != "end":
            self.at += 1
        return token

    def sees(self, *texts: str) -> bool:
        """Whether the token under the cursor is one of these operators."""
        return self.token.kind == "operator" and self.token.text in texts

    def take(self, *texts: str) -> bool:
        """Move over one of these operators if it is there."""
        if self.sees(*texts):
            self.at += 1
            return True
        return False

    def expect(self, text: str, why: str) -> None:
        """Move over an operator that has to be there.

        Raises FormulaError where something else stands.
        """
        if not self.take(text):
            raise self.error(f"expected {text!r} {why}, got {self.describe(self.token)}")

    def describe(self, token: Token) -> str:
        """A token as a message names it."""
        return "the end of the formula" if token.kind == "end" else repr(self.text[token.start : token.end] or token.text)

    def error(self, message: str, at: Token | int | None = None) -> FormulaError:
        """The error at a token, at an offset, or at the cursor."""
        position = at if isinstance(at, int) else (at or self.token).start
        return FormulaError(message, text=self.text, position=position)

    def mark(self, node: Node, position: int) -> Node:
        """Remember where a node began, for errors found after reading."""
        self.where[id(node)] = position
        self.kept.append(node)
        return node

    def is_bound(self, name: str) -> bool:
        """Whether an enclosing sum binds this index variable."""
        return any(name in scope.names for scope in self.scopes)

    def adopt(self, name: str) -> bool:
        """Let the innermost sum without bounds take a free index variable."""
        for scope in reversed(self.scopes):
            if scope.open and name in INDEX_LETTERS and (not scope.names or name in scope.names):
                scope.names.add(name)
                return True
        return False

    def closing(self, start: int) -> int:
        """Where the bracket that opens at token `start` closes.

        Raises FormulaError where it never does.
        """
        depth = 0
        for at in range(start, len(self.tokens)):
            token = self.tokens[at]
            if token.kind == "operator" and token.text in OPENING:
                depth += 1
            elif token.kind == "operator" and token.text in OPENING.values():
                depth -= 1
                if depth == 0:
                    return at
        raise self.error(f"{self.tokens[start].text!r} is never closed", self.tokens[start])

    def unknown(self, word: str, token: Token) -> FormulaError:
        """The error for a name that nobody declared, with the nearest known one."""
        hint = self._product_hint(word) or self._near_hint(word)
        return self.error(f"unknown name {word!r}{hint}", token)

    def _near_hint(self, word: str) -> str:
        known = [*self.context.spellings(), *FUNCTIONS, *OTHER_NAMES, *_PLURALS]
        for name in known:
            if key(name).lower() == key(word).lower():
                return f"; did you mean {name!r}?"
        close = difflib.get_close_matches(word[:40], known, n=1, cutoff=0.6)
        if close:
            return f"; did you mean {close[0]!r}?"
        declared = ", ".join(name.name for name in self.context.names)
        return f"; this question has the names {declared}" if declared else ""

    def _product_hint(self, word: str) -> str:
        """`nT` in Python-like notation: say that a product needs its star."""
        rest, parts = word[:40], []
        known = sorted((name for name in self.context.spellings()), key=len, reverse=True)
        while rest:
            part = next((name for name in known if rest.startswith(name)), None)
            if part is None:
                return ""
            parts.append(part)
            rest = rest[len(part) :].lstrip("_")
        return f"; a product needs its sign: {'*'.join(parts)}" if len(parts) > 1 else ""
