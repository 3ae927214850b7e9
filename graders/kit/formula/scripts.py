"""Sub- and superscripts in the token stream: LaTeX takes one character, or what stands in braces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lexer import Token

if TYPE_CHECKING:
    from .parser import Reader


def push_back(reader: Reader, token: Token, used: int) -> None:
    """Put what is left of a token back under the cursor."""
    rest = token.text[used:]
    start = min(token.start + used, token.end)
    reader.tokens.insert(reader.at, Token(token.kind, rest, start, token.end, token.kind == "number" or len(rest) == 1))


def first_letter(reader: Reader, at: int) -> Token:
    """A script without braces is one character; the rest of the token goes back."""
    token = reader.tokens[at]
    if token.kind in ("name", "number") and len(token.text) > 1 and not (token.kind == "name" and token.whole):
        first = Token(token.kind, token.text[0], token.start, token.start + 1)
        rest = token.text[1:]
        reader.tokens[at : at + 1] = [first, Token(token.kind, rest, token.start + 1, token.end, len(rest) == 1)]
        return first
    return token


def subscript_text(reader: Reader) -> str | None:
    """The subscript at the cursor as part of a name (`_{ML}`, `_1`); None, with the cursor unmoved, where it is more than that."""
    start = reader.at
    reader.take("_")
    if reader.take("{"):
        end = reader.closing(reader.at - 1)
        tokens = reader.tokens[reader.at : end]
        reader.at = end + 1
    else:
        tokens = [first_letter(reader, reader.at)]
        reader.at += 1
    if tokens and all(token.kind in ("name", "number") or token.text == "," for token in tokens):
        return "".join(token.text for token in tokens if token.text != ",")
    reader.at = start
    return None


def swap_scripts(reader: Reader) -> None:
    """`\\sigma^2_1` is `\\sigma_1^2`: put the subscript first."""
    at = reader.at + 1
    if reader.token.kind == "command" or reader.ahead().text != "^":
        return
    upper_end = _script_end(reader, at)
    if upper_end is None or reader.tokens[upper_end].text != "_":
        return
    lower_end = _script_end(reader, upper_end)
    if lower_end is not None:
        upper, lower = reader.tokens[at:upper_end], reader.tokens[upper_end:lower_end]
        reader.tokens[at:lower_end] = [*lower, *upper]


def _script_end(reader: Reader, at: int) -> int | None:
    """The token after the script that starts at `at` (its `^` or `_` included)."""
    argument = at + 1
    if argument >= len(reader.tokens) - 1:
        return None
    if reader.tokens[argument].text == "{":
        return reader.closing(argument) + 1
    token = reader.tokens[argument]
    return argument + 1 if len(token.text) == 1 or (token.kind == "name" and token.whole) else None
