"""Two notations, one stream of tokens with positions.

LaTeX and Python-like input differ in how names end (`nT` is a product in LaTeX and one name in Python) and in commands; after
this file the reader sees the same tokens for `\\theta`, `θ` and `theta`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import FormulaError
from .commands import (
    ACCENT_COMMANDS,
    DISPLAYS,
    FUNCTION_COMMANDS,
    GAP,
    GREEK_COMMANDS,
    PREFIXES,
    REMARKS,
    SIGNS,
    SKIPPED,
    STRUCTURE,
    STYLES,
    WORDS,
)
from .letters import ACCENTS, GREEK, SUBSCRIPT, SUPERSCRIPT, read_letters

MAX_TOKENS = 1500
"""Tokens of one formula."""

MAX_DIGITS = 25
"""Digits of one number."""

REMARK = "remark"
"""Kind of a token that holds words, not names: `\\text{(a maximum)}`."""

_OPERATORS = ("<=>", "==>", "=>", "->", "...", "**", ".*", "<=", ">=", "!=", "==", "&&", "+", "-", "*", "/", "^", "_", "(",
              ")", "[", "]", "{", "}",
              "<", ">", "=", ",", "|", "!", "'", "@", ":", ";", "&", ".", "~", "×", "·", "⊙", "∑", "∏", "√", "∞", "∝", "‖", "⊤", "…",
              "∫", "∂", "≈", "∇", "∈", "∧", "∨", "⇒", "→", "∀",
              "≡")  # fmt: skip
_ALIASES = {"<=>": "⇒", "==>": "⇒", "=>": "⇒", "->": "→", "...": "…", "≡": "="}


@dataclass(frozen=True)
class Token:
    """One token: `kind` is name, number, operator, command or end. `whole` names cannot be split into letters."""

    kind: str
    text: str
    start: int
    end: int
    whole: bool = True


def guess_notation(text: str) -> str:
    """`"latex"` where the text holds LaTeX's own characters, else `"plain"` (Python-like)."""
    return "latex" if re.search(r"\\|[{}$]", text) else "plain"


class Lexer:
    """Cuts one text into tokens. `notation` is `"latex"` or `"plain"`."""

    def __init__(self, text: str, notation: str) -> None:
        self.text = text
        self.latex = notation == "latex"
        letters = read_letters(text)
        self.characters = "".join(character for character, _ in letters)
        self.positions = [position for _, position in letters] + [len(text)]
        self.at = 0
        self.tokens: list[Token] = []

    def run(self) -> list[Token]:
        """All tokens, the last of kind `end`.

        Raises FormulaError on a character or command outside the notation, a number of over `MAX_DIGITS` digits, or too many
        tokens.
        """
        while self.at < len(self.characters):
            self._next()
            if len(self.tokens) > MAX_TOKENS:
                raise self.error(f"the formula has more than {MAX_TOKENS} parts; shorten it", self.at)
        while self.tokens and self.tokens[-1].text in (".", ",", ";", GAP):
            self.tokens.pop()
        self._emit("end", "", self.at, self.at)
        return self.tokens

    def error(self, message: str, at: int) -> FormulaError:
        """The error at offset `at` of the normalised characters."""
        return FormulaError(message, text=self.text, position=self.positions[min(at, len(self.positions) - 1)])

    def _emit(self, kind: str, text: str, start: int, end: int, whole: bool = True) -> None:
        self.tokens.append(Token(kind, text, self.positions[start], self.positions[end], whole))

    def _next(self) -> None:
        start, rest = self.at, self.characters
        character = rest[start]
        if character in " \t\r\n" or (self.latex and character in "$~"):
            self.at += 1
        elif character == "\\" and self.latex:
            self._command()
        elif character.isascii() and character.isdigit():
            self._number()
        elif character in SUPERSCRIPT:
            self._raised()
        elif character == "⊤":
            self.at += 1
            follows_caret = bool(self.tokens) and self.tokens[-1].text in ("^", "**", "{")
            self._emit("operator", "⊤" if follows_caret else ".T", start, self.at)
        elif character.isalpha() or (character == "_" and not self.latex):
            self._name()
        else:
            self._operator()

    def _number(self) -> None:
        pattern = r"[0-9]+(?:\.[0-9]+)?()" if self.latex else r"[0-9]+(?:\.[0-9]+)?([eE][+-]?[0-9]+(?![A-Za-z0-9_.]))?"
        match = re.compile(pattern).match(self.characters, self.at)
        assert match is not None
        if sum(character.isdigit() for character in match.group()) > MAX_DIGITS:
            raise self.error(f"a number has more than {MAX_DIGITS} digits", self.at)
        if len(match.group(1) or "") > 4:
            raise self.error("the exponent of a number has at most two digits", self.at)
        self._emit("number", match.group(), self.at, match.end())
        self.at = match.end()

    def _raised(self) -> None:
        """Superscript digits: `x²` is `x^(2)`."""
        start = self.at
        while self.at < len(self.characters) and self.characters[self.at] in SUPERSCRIPT:
            self.at += 1
        content = "".join(SUPERSCRIPT[character] for character in self.characters[start : self.at])
        self._emit("operator", "^", start, start)
        self._emit("operator", "{" if self.latex else "(", start, start)
        for part in re.findall(r"[0-9]+|.", content):
            self._emit("number" if part.isdigit() else "name" if part == "n" else "operator", part, start, self.at)
        self._emit("operator", "}" if self.latex else ")", start, self.at)

    def _name(self) -> None:
        start = self.at
        if self.latex and self.characters[start] in GREEK:
            self.at += 1
            word = GREEK[self.characters[start]] + self._marks()
            self._emit("name", word, start, self.at)
            return
        word = ""
        while self.at < len(self.characters):
            character = self.characters[self.at]
            if character in GREEK and (not self.latex):
                word += GREEK[character]
            elif character.isascii() and (character.isalpha() or (not self.latex and (character.isdigit() or character == "_"))):
                word += character
            else:
                break
            self.at += 1
            marks = self._marks()
            word += marks
            if self.latex and marks:
                break
        if word in PREFIXES and self.characters[self.at : self.at + 1] == ".":
            self.at += 1
            return
        self._emit("name", word, start, self.at, whole=not self.latex or len(word) == 1 or bool(marks))

    def _marks(self) -> str:
        """Combining accents and subscript digits right after a letter."""
        marks = ""
        while self.at < len(self.characters):
            character = self.characters[self.at]
            if character in ACCENTS:
                marks += ACCENTS[character]
            elif character in SUBSCRIPT:
                marks += ("_" if not marks.endswith("_") and SUBSCRIPT[character].isalpha() else "") + SUBSCRIPT[character]
            else:
                break
            self.at += 1
        return marks

    def _operator(self) -> None:
        start = self.at
        if self.characters.startswith(".T", start) and not self.characters[start + 2 : start + 3].isalnum():
            self.at += 2
            self._emit("operator", ".T", start, self.at)
            return
        if self.characters.startswith("||", start):
            self.at += 2
            self._emit("operator", "‖", start, self.at)
            return
        for sign in _OPERATORS:
            if self.characters.startswith(sign, start):
                self.at += len(sign)
                self._emit("operator", _ALIASES.get(sign, sign), start, self.at)
                return
        raise self.error(f"{self.characters[start]!r} is not part of the notation", start)

    def _command(self) -> None:
        start = self.at
        match = re.compile(r"\\([A-Za-z]+\*?|.|$)", re.DOTALL).match(self.characters, start)
        assert match is not None
        name, self.at = match.group(1), match.end()
        if name.endswith("*") and name != "operatorname*":
            name, self.at = name[:-1], self.at - 1
        if name in ("left", "right") and self.characters[self.at : self.at + 1] == ".":
            self.at += 1
        elif name in SKIPPED or name in ("\n", "\t"):
            return
        elif name == "prime":
            self._prime(start)
        elif name in ("stackrel", "overset", "underset", "tag"):
            self._decorated(name)
        elif name in ("begin", "end") and (display := DISPLAYS.match(self.characters, self.at)):
            self.at = display.end()
        elif name in SIGNS:
            self._emit("operator", SIGNS[name], start, self.at)
        elif name in WORDS or name in REMARKS:
            self._word(name, start)
        elif name in STYLES:
            self._styled(start)
        elif name in ACCENT_COMMANDS:
            self._emit("command", ACCENT_COMMANDS[name], start, self.at)
        elif name in STRUCTURE:
            self._emit("command", "frac" if name.endswith("frac") else name, start, self.at)
        elif name in GREEK_COMMANDS or name in FUNCTION_COMMANDS:
            self._emit("name", GREEK_COMMANDS.get(name, name), start, self.at)
        else:
            raise self.error(f"\\{name} is not part of the notation", start)

    def _prime(self, start: int) -> None:
        """`f^{\\prime}` and `f^\\prime` are `f'`."""
        if [token.text for token in self.tokens[-2:]] == ["^", "{"]:
            match = re.compile(r"\s*\}").match(self.characters, self.at)
            if match is not None:
                self.at = match.end()
                del self.tokens[-2:]
        elif self.tokens and self.tokens[-1].text == "^":
            del self.tokens[-1]
        self._emit("operator", "'", start, self.at)

    def _decorated(self, name: str) -> None:
        """`\\stackrel{!}{=}` is the sign in its second braces; `\\tag{1}` is nothing."""
        above = re.compile(r"\s*\{[^{}]*\}").match(self.characters, self.at)
        if above is not None:
            self.at = above.end()
        sign = re.compile(r"\s*\{\s*([=<>]|\\[a-z]+)\s*\}").match(self.characters, self.at)
        if above is not None and sign is not None and name != "tag":
            self._nested(sign)

    def _word(self, command: str, start: int) -> None:
        """`\\mathrm{ReLU}`: the content is one name; several words in `\\text` are a remark."""
        match = re.compile(r"\s*\{\s*([A-Za-z][A-Za-z0-9 .,_-]*?)\s*\}").match(self.characters, self.at)
        words = re.compile(r"\s*\{([^{}$\\]*)\}").match(self.characters, self.at) if command in REMARKS else None
        if words is not None and (match is None or " " in match.group(1)):
            self.at = words.end()
            if words.group(1).strip(" .,;"):
                self._emit(REMARK, words.group(1).strip(), start, self.at)
            return
        if match is None:
            self._styled(start)
            return
        self.at = match.end()
        self._emit("name", match.group(1), start, self.at)

    def _styled(self, start: int) -> None:
        """`\\mathbf{W}`: the style is dropped, and so are the braces around one letter, number or command."""
        match = re.compile(r"\s*\{\s*([A-Za-z]|1|\\[A-Za-z]+)\s*\}").match(self.characters, self.at)
        if match is not None:
            self._nested(match)

    def _nested(self, match: re.Match[str]) -> None:
        """The tokens of a match's first group; the cursor moves behind the match."""
        inner = Lexer(match.group(1), "latex")
        inner.positions = self.positions[match.start(1) : match.end(1) + 1]
        inner.text = self.text
        self.tokens.extend(inner.run()[:-1])
        self.at = match.end()
