"""Answers that are no formulas: numbers with units, choices, and short texts with accepted names."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping

from graders.kit.errors import FormulaError
from graders.kit.formula import CannotCompute, Context, evaluate, parse

from .verdict import Counterexample, Kind, Verdict

_EMPTY = Context(())
_FOLDED = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "أ": "ا", "إ": "ا", "ٱ": "ا", "ؤ": "و", "\u200c": " ", "\u0640": None}
)


def read_number(text: str, units: Mapping[str, float] | None = None) -> float:
    """A number, plain (`0.349910`, `3,5` is refused), as arithmetic (`1/11`, `e - 1`), or with one of `units` (`12 ms`).

    Raises FormulaError where it is none, or its unit is not known.
    """
    body, factor = text.strip(), 1.0
    for unit, size in sorted((units or {}).items(), key=lambda pair: -len(pair[0])):
        if unit and body.endswith(unit) and not body[: -len(unit)].rstrip().endswith(("*", "/", "^")):
            body, factor = body[: -len(unit)].strip(), size
            break
    if body.endswith(("%", "٪")):
        body, factor = body[:-1].strip(), 0.01
    body = body.replace("٫", ".")
    try:
        tree = parse(body, _EMPTY)
        value = float(evaluate(tree, {}, _EMPTY).reshape(-1)[0])
    except CannotCompute as fault:
        raise FormulaError(f"the number cannot be computed: {fault}", text=text) from fault
    return value * factor


def judge_number(
    text: str, wanted: float, *, rtol: float = 1e-3, atol: float = 0.0, units: Mapping[str, float] | None = None
) -> Verdict:
    """Whether a number is within `atol + rtol * |wanted|` of the right one.

    Raises FormulaError where it is no number.
    """
    got = read_number(text, units)
    counter = Counterexample({}, f"{got:.6g}", f"{wanted:.6g}")
    if got == wanted or abs(got - wanted) <= atol + rtol * abs(wanted):
        return Verdict(Kind.AGREES, 1, "within the tolerance")
    if math.isnan(got):
        return Verdict(Kind.REFUTED, 0, "this number is undefined", counter)
    return Verdict(Kind.REFUTED, 0, f"not within the tolerance: {counter}", counter)


def judge_choice(text: str, wanted: str | Iterable[str]) -> Verdict:
    """Whether the choice made is the right one (or one of several)."""
    right = [wanted] if isinstance(wanted, str) else list(wanted)
    if fold(text) in [fold(choice) for choice in right]:
        return Verdict(Kind.AGREES, 1, "the right choice")
    return Verdict(Kind.REFUTED, 0, "not the right choice", Counterexample({}, text.strip()[:60], " or ".join(right)))


def judge_text(text: str, accepted: Iterable[str], rejected: Iterable[str] = ()) -> Verdict:
    """Whether a short text names what was asked: an accepted name as a whole word run, and no rejected one.

    A text that holds neither goes to the TA: there are more names than a list can have.
    """
    words = f" {fold(text)} "
    if any(f" {fold(name)} " in words for name in rejected):
        return Verdict(Kind.REFUTED, 0, "this names something else")
    if any(f" {fold(name)} " in words for name in accepted):
        return Verdict(Kind.AGREES, 1, "an accepted name")
    return Verdict(Kind.UNDECIDED, 0, "a name that the list does not have: the TA decides")


def fold(text: str) -> str:
    """Text without what people write differently: case, marks, half-spaces, Arabic and Persian letter forms, punctuation."""
    plain = unicodedata.normalize("NFKC", text).translate(_FOLDED)
    plain = "".join(
        character
        for character in unicodedata.normalize("NFD", plain)
        if not unicodedata.combining(character) or character in "\u0653"
    )
    plain = unicodedata.normalize("NFC", plain).casefold()
    digits = "".join(str(unicodedata.digit(character)) if character.isdigit() else character for character in plain)
    return " ".join(re.findall(r"\w+", digits.replace("_", " ")))
