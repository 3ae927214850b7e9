"""Sides of a line that name what it is about and are no formulas: `L(\\theta)`, `\\delta_1`, `E[X^2] - E[X]^2`, `\\ln p(x|\\theta)`."""

from __future__ import annotations

from .context import Context
from .functions import FUNCTIONS, OTHER_NAMES
from .lexer import REMARK, Token
from .names import CONSTANTS, SPECIAL
from .stream import INDEX_LETTERS

OPENING, CLOSING = frozenset("([{"), frozenset(")]}")

_HEADS = frozenset(("E", "Var", "Cov", "P", "Pr", "KL", "TV", "MMD", "bias", "Bias", "MSE", "var"))
_BINARY = frozenset("+-*/·×⊙@^_") | {"**", ".*"}
_FORMAL = frozenset("∫∂∇⟨⟩")


def is_formal(tokens: list[Token], context: Context, *, applied: bool = False, first: bool = False) -> bool:
    """Whether a side only names what the line is about (`\\ln L(\\theta)`, `E[X^2] - E[X]^2`, `\\frac{d\\ell}{d\\theta}`).

    It holds a sign or a name that no formula of this question can hold, and is whole: brackets close, no sign hangs loose. With
    `applied`, such a name has to have arguments (`\\prod_i p(x_i|\\theta)`): one that has none may be a slip. The
    `first` side names no estimator inside a formula: `1/\\hat\\theta = T/n` is an equation left to solve.
    """
    body = [token for token in tokens if token.kind != "end"]
    level = 0
    for token in body:
        level += step(token)
        if level < 0:
            return False
    if not body or level or body[-1].text in _BINARY - {"*"} or body[0].text in _BINARY - {"-", "+"}:
        return False
    strange = [at for at, token in enumerate(body) if _is_strange(token, context)]
    if first and body[0].text != "lim" and _holds_estimator(body):
        return False
    if applied:
        return bool(strange) and all(at + 1 < len(body) and body[at + 1].text in ("(", "[") for at in strange)
    return bool(strange) or any(token.kind == REMARK or token.text in _FORMAL for token in body)


def _holds_estimator(body: list[Token]) -> bool:
    """Whether `\\hat\\theta` stands in a formula (`1/\\hat\\theta`), not as what a name is about (`E[\\hat\\theta] - \\theta`)."""
    level = 0
    for at, token in enumerate(body):
        opens = token.text in ("(", "[")
        if token.kind == "operator" and (level or (opens and at and (body[at - 1].kind == "name" or body[at - 1].text in "}'"))):
            level += (token.text in ("(", "[")) - (token.text in (")", "]"))
        accent = token.kind == "command" and token.text in ("hat", "tilde")
        if level == 0 and (accent or (token.kind == "name" and token.text.endswith(("hat", "tilde")))):
            return True
    return False


def is_label(tokens: list[Token]) -> bool:
    """Whether a left side only names what follows: one head with scripts and arguments, or a derivative."""
    body = [token for token in tokens if token.kind != "end"]
    if not body or len(body) > 60:
        return False
    texts = [token.text for token in body]
    if texts[0] in ("frac", "∂", "∇", "d") or (texts[0] in _HEADS):
        return texts[0] != "frac" or any(text.startswith("d") or text == "∂" for text in texts[1:4])
    if texts[0] in ("hat", "bar", "tilde"):
        body = body[1:]
        if len(body) > 2 and body[0].text == "{" and body[2].text == "}":
            body = [body[1], *body[3:]]
    return _one_head(body)


def _one_head(body: list[Token]) -> bool:
    """One name with sub- and superscripts and at most one bracket of arguments without sums in it."""
    if body and body[0].text == "e" and any(token.text == "^" for token in body):
        return False
    level, heads, brackets = 0, 0, 0
    after_script = False
    for token in body:
        sign = token.text if token.kind == "operator" else ""
        if level == 0 and not after_script and token.kind in ("name", "number", "command"):
            heads += token.kind == "name"
            if token.kind == "number":
                return False
        if sign in ("(", "["):
            brackets += level == 0
        if sign in ("+", "-", "/", "*", "·", "×", "@") and level == 0 and not after_script:
            return False
        if sign in ("+", "/", "*", "·", "@") and not after_script:
            return False
        level += (sign in ("(", "[", "{")) - (sign in (")", "]", "}"))
        after_script = sign in ("^", "_") or (after_script and level > 0)
    return heads == 1 and brackets <= 1


def step(token: Token) -> int:
    """How far a token goes into brackets and environments (+1) or out of them (-1)."""
    if token.kind == "command":
        return (token.text == "begin") - (token.text == "end")
    if token.kind != "operator":
        return 0
    return (token.text in OPENING) - (token.text in CLOSING)


def _is_strange(token: Token, context: Context) -> bool:
    """A name that the question does not declare and the notation does not know."""
    if token.kind != "name" or _is_known(token.text, context):
        return False
    return token.whole or not all(_is_known(letter, context) or letter in INDEX_LETTERS for letter in token.text)


def _is_known(word: str, context: Context) -> bool:
    if context.find(word) is not None:
        return True
    return word != "I" and (word in CONSTANTS or word in SPECIAL or OTHER_NAMES.get(word, word) in FUNCTIONS)
