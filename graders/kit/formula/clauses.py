"""A line of an answer cut at its arrows, commas and relation signs, before anything in it is read.

A student's line is more than a formula: `\\Rightarrow \\ell'' = -n/\\theta^2 < 0, \\quad \\forall\\theta > 0`. Here it becomes clauses,
each a chain of sides, and what stands aside (a comparison after the value, a condition, a remark) is kept as text, so that the
echo can say what was not read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from ..errors import FormulaError
from .commands import GAP
from .context import Context
from .labels import CLOSING, OPENING, is_formal, is_label, step
from .lexer import REMARK, Token
from .stream import INDEX_LETTERS

EQUALITIES = frozenset(("=", "==", "∝", "→"))
COMPARISONS = frozenset(("<", ">", "<=", ">=", "!=", "≈", "∈"))
ARROW = "⇒"
ROW = "\\\\"

_CONDITION_WORDS = frozenset(("for", "if", "when", "where", "since", "because", "with", "as", "provided", "whenever", "given"))
_ARROW_WORDS = frozenset(("so", "hence", "thus", "therefore", "then", "implies"))


@dataclass
class Clause:
    """One chain `a = b = c`: its sides, each closed by an end token, the signs between them, and what was set aside.

    `link` is the sign before it: "" (the first), an arrow, or a comma.
    """

    link: str
    sides: list[list[Token]] = field(default_factory=list)
    signs: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)


def cut(text: str, tokens: list[Token], context: Context) -> tuple[list[Clause], list[str]]:
    """The clauses of a line that hold a statement, and the text of those that hold none (conditions, remarks).

    Raises FormulaError where a sign has nothing on its right or words stand inside a formula.
    """
    found: list[Clause] = []
    aside: list[str] = []
    for link, part in _parts(text, tokens, context, aside):
        part = _unwrapped(part)
        if not part or _is_remark(part, bool(found), context) or (link == "," and _is_condition(part)):
            aside.extend(_text(text, [part]))
        else:
            found.append(_clause(text, link, part, context))
    return found, aside


# --- inside -------------------------------------------------------------------------------------------------------------------


def _text(text: str, parts: Iterable[list[Token]]) -> list[str]:
    return [text[part[0].start : part[-1].end].strip() for part in parts if part]


def _parts(text: str, tokens: list[Token], context: Context, aside: list[str]) -> list[tuple[str, list[Token]]]:
    """The line cut at arrows, rows, commas and wide gaps outside all brackets; conditions that end it are put aside."""
    parts: list[tuple[str, list[Token]]] = [("", [])]
    level, at = 0, 0
    while tokens[at].kind != "end":
        token = tokens[at]
        level = max(0, level + step(token))
        current = parts[-1][1]
        if level and token.text != GAP:
            current.append(token)
        elif level or (token.text == "&" and token.kind == "operator"):
            pass
        elif _opens_condition(tokens, at, current, context):
            end = _next_arrow(tokens, at)
            _check_condition(text, tokens[at:end], context)
            aside.extend(_text(text, [tokens[at:end]]))
            at = end
            continue
        elif _is_arrow(token, context) or (token.text == ROW and tokens[at + 1].kind != "end" and not _continues(tokens, at + 1)):
            parts.append((ARROW, []))
        elif token.text == ROW:
            pass
        elif token.text in (",", ";") or (token.text == GAP and _parts_here(tokens, at)):
            parts.append((",", []))
        elif token.text != GAP:
            current.append(token)
        at += 1
    return parts


def _is_arrow(token: Token, context: Context) -> bool:
    if token.text == ARROW:
        return True
    word = token.kind in ("name", REMARK) and token.text.strip(" .,:").casefold() in _ARROW_WORDS
    return word and token.whole and context.find(token.text) is None


def _continues(tokens: list[Token], at: int) -> bool:
    """Whether a row goes on with the chain before it: `\\\\ &= ...`."""
    while tokens[at].text in ("&", GAP):
        at += 1
    return tokens[at].kind == "operator" and tokens[at].text in EQUALITIES | COMPARISONS


def _opens_condition(tokens: list[Token], at: int, current: list[Token], context: Context) -> bool:
    """Whether from here on only the range of the names is told: `\\forall ...`, `\\in [0, 1]`, `for x > b`, `i = 1, ..., n`."""
    token = tokens[at]
    if token.kind == "operator":
        return token.text == "∀" or (token.text == "∈" and bool(current))
    if token.kind not in ("name", REMARK) or (token.text == "where" and tokens[at + 1].text == "("):
        return False
    first = (token.text.split() or [""])[0].strip(".,:(").casefold()
    if first in _CONDITION_WORDS and context.find(token.text) is None and (token.whole or not _is_product(first, context)):
        return True
    counts = token.kind == "name" and token.whole and token.text in INDEX_LETTERS and context.find(token.text) is None
    return counts and not current and at > 0 and tokens[at + 1].text in ("=", "∈")


def _is_product(word: str, context: Context) -> bool:
    """Whether LaTeX letters that spell a word are names of the question, so that they are a product."""
    return all(context.find(letter) is not None for letter in word)


def _check_condition(text: str, part: list[Token], context: Context) -> None:
    """A condition may be left unread only where it changes nothing.

    Raises FormulaError where it gives another value elsewhere (`if ... else ...`) or a name of the question a meaning.
    """
    for before, token in pairwise(part):
        if token.kind in ("name", REMARK) and token.text.split()[:1] in (["else"], ["otherwise"]):
            raise FormulaError("write cases as where(condition, a, b) or \\begin{cases}", text=text, position=token.start)
        if token.text in ("=", "==") and before.kind == "name" and context.find(before.text) is not None:
            message = f"{before.text} is a name of this question and keeps its meaning: write the value into the formula instead"
            raise FormulaError(message, text=text, position=before.start)


def _next_arrow(tokens: list[Token], at: int) -> int:
    while tokens[at].kind != "end" and tokens[at].text not in (ARROW, ROW):
        at += 1
    return at


def _parts_here(tokens: list[Token], at: int) -> bool:
    """Whether a wide gap stands between two statements, not beside a sign of one."""
    before = tokens[at - 1] if at else None
    after = tokens[at + 1]
    hangs = before is None or (before.kind == "operator" and before.text not in CLOSING | {"|", "‖", "!", "'", ".T", "…"})
    return not hangs and not (after.kind == "operator" and after.text not in OPENING | {"|", "‖", "∑", "∏", "√", "∞", "-"})


def _unwrapped(part: list[Token]) -> list[Token]:
    """`\\boxed{...}` and braces around the whole are dropped."""
    while len(part) >= 2 and part[0].text == "{" and part[-1].text == "}":
        level = 0
        for at, token in enumerate(part):
            level += step(token)
            if level == 0 and at < len(part) - 1:
                return part
        part = part[1:-1]
    return part


def _is_remark(part: list[Token], later: bool, context: Context) -> bool:
    if all(token.kind == REMARK for token in part):
        return True
    return later and len(part) == 1 and part[0].kind == "name" and part[0].whole and context.find(part[0].text) is None


def _is_condition(part: list[Token]) -> bool:
    signs = _top_signs(part)
    return bool(signs) and not signs & EQUALITIES


def _top_signs(part: list[Token]) -> set[str]:
    level, signs = 0, set()
    for token in part:
        level += step(token)
        if level == 0 and token.kind == "operator" and token.text in EQUALITIES | COMPARISONS:
            signs.add(token.text)
    return signs


def _clause(text: str, link: str, part: list[Token], context: Context) -> Clause:
    """One chain. Of `0 < a = b < 1` the sides are a and b: a comparison is set aside with what it compares to."""
    clause = Clause(link)
    part = _without_remarks(text, part, clause, context)
    groups: list[list[list[Token]]] = [[[]]]
    level = 0
    for token in part:
        level += step(token)
        top = level == 0 and token.kind == "operator"
        near = token.text == "≈" and (is_label(groups[-1][-1]) or is_formal(groups[-1][-1], context))
        if top and (token.text in EQUALITIES or near):
            if groups[-1][-1] and groups[-1][-1][-1].text == ":":
                groups[-1][-1].pop()
            clause.signs.append(token.text if token.text in ("∝", "→") else "=")
            groups.append([[]])
        elif top and token.text in COMPARISONS:
            groups[-1].append([])
        else:
            groups[-1][-1].append(token)
    for number, group in enumerate(groups):
        last = group[-1]
        if not last and (number or len(group) > 1):
            raise FormulaError("nothing stands on the right of the sign here", text=text, position=part[-1].end)
        chosen = _value(group, number, len(groups), text)
        clause.aside.extend(_text(text, (other for at, other in enumerate(group) if at != chosen)))
        side = group[chosen]
        place = side[-1].end if side else part[0].start
        clause.sides.append([*side, Token("end", "", place, place)])
    return clause


def _value(group: list[list[Token]], number: int, groups: int, text: str) -> int:
    """Which member of a comparison is the value: the one beside the equality sign, else the only one that holds a name.

    Raises FormulaError where two hold names.
    """
    if len(group) == 1 or number:
        return 0
    if groups > 1:
        return len(group) - 1
    named = [at for at, member in enumerate(group) if any(token.kind in ("name", "command") for token in member)]
    if len(named) == 1:
        return named[0]
    where = group[1][0].start if group[1] else 0
    raise FormulaError("a comparison stands where a value is asked: write the value alone", text=text, position=where)


def _without_remarks(text: str, part: list[Token], clause: Clause, context: Context) -> list[Token]:
    """The tokens without remarks at either end.

    Raises FormulaError on words in the middle, unless they stand on a left side that only names.
    """
    while part and part[-1].kind == REMARK:
        clause.aside.extend(_text(text, [part[-1:]]))
        part = part[:-1]
    signs = [at for at, token in enumerate(part) if token.kind == "operator" and token.text in EQUALITIES]
    last = signs[-1] if signs else -1
    while part and part[0].kind == REMARK and last != 1:
        clause.aside.extend(_text(text, [part[:1]]))
        part, last = part[1:], last - 1
    for at, token in enumerate(part):
        if token.kind == REMARK and at > last:
            raise FormulaError("words stand inside the formula: take them out", text=text, position=token.start)
    return part


__all__ = ["ARROW", "Clause", "cut"]
