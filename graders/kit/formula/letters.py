"""Characters of a formula: which ones it may hold, and what the others are mistaken for.

Allowed: ASCII, Greek, the mathematical signs below, mathematical italic and bold letters (what a PDF gives when one copies),
accents (hat, bar, tilde), superscript and subscript digits, Persian and Arabic digits. Everything else is an error that names
the character, since a Cyrillic `а` looks like `a` and is another name.
"""

from __future__ import annotations

import unicodedata

from ..errors import FormulaError

MAX_LENGTH = 4000
"""Characters of one formula. The longest formula of the course has about 200."""

GREEK: dict[str, str] = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ϑ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi",
    "ρ": "rho", "ς": "sigma", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi",
    "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma",
    "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip

ACCENTS: dict[str, str] = {"\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde"}
"""Combining marks and what they add to a name: x̄ is xbar."""

SUPERSCRIPT = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ", "0123456789-+n", strict=True))
SUBSCRIPT = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₙ", "0123456789ijn", strict=True))

SIGNS: dict[str, str] = {
    "−": "-", "–": "-", "×": "×", "·": "·", "⋅": "·", "∙": "·", "∗": "*", "⊙": "⊙", "∘": "⊙", "÷": "/", "∕": "/", "⁄": "/",
    "≤": "<=", "≥": ">=", "≠": "!=", "∑": "∑", "∏": "∏", "√": "√", "∞": "∞", "∝": "∝", "‖": "‖", "∥": "‖", "∣": "|",
    "∂": "∂", "′": "'", "’": "'", "⊤": "⊤", "ᵀ": "⊤", "…": "…", "⋯": "…", "∫": "∫", "∈": "∈", "≈": "≈", "∧": "∧", "∨": "∨",
    "⇒": "⇒", "⟹": "⇒", "⇔": "⇒", "⟺": "⇒", "∴": "⇒", "∀": "∀", "≡": "≡", "≔": "≡", "ℓ": "l",
    "µ": "μ", "∆": "Δ", "\u2126": "Ω", "→": "→", "₊": "+", "∇": "∇", "∼": "~",
}  # fmt: skip
"""Mathematical signs, each with the one that the lexer knows."""

_INVISIBLE = {"\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\ufeff", "\u2061", "\u2062"}
"""Left in by editors for right-to-left text; they change nothing and are skipped. Direction overrides are not among them."""

_LOOK_ALIKES: dict[str, str] = {
    **dict(zip("аеорсхуіјѕԁһ", "aeopcxyijsdh", strict=True)),
    **dict(zip("АВЕКМНОРСТХЅІЈ", "ABEKMHOPCTXSIJ", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),
    "ο": "o", "ı": "i", "∅": "0", "Ө": "Θ", "ө": "θ", "ß": "β", "ɑ": "α", "ɡ": "g",
}  # fmt: skip


def read_letters(text: str) -> list[tuple[str, int]]:
    """Characters that the lexer knows, each with its offset in `text`.

    Raises FormulaError, with the position, on a character that is not part of the notation and on a text over `MAX_LENGTH`.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            f"the formula has {len(text)} characters; {MAX_LENGTH} is the most", text=text[:MAX_LENGTH], position=MAX_LENGTH
        )
    letters: list[tuple[str, int]] = []
    for position, character in enumerate(text):
        known = _one(character)
        if known is None:
            raise FormulaError(_complaint(character), text=text, position=position)
        letters.extend((part, position) for part in known)
    return letters


def _one(character: str) -> tuple[str, ...] | None:
    """What the lexer reads for one character, or None where it is not allowed."""
    if " " <= character <= "~" or character in "\t\n\r":
        return (character,)
    if character in _INVISIBLE:
        return ()
    if character in GREEK or character in ACCENTS or character in SUPERSCRIPT or character in SUBSCRIPT:
        return (character,)
    if character in SIGNS:
        return tuple(SIGNS[character])
    if character.isspace():
        return (" ",)
    if "\u0660" <= character <= "\u0669" or "\u06f0" <= character <= "\u06f9":
        return (str(unicodedata.digit(character)),)
    if character == "½":
        return tuple("(1/2)")
    if "\U0001d400" <= character <= "\U0001d7ff":
        plain = unicodedata.normalize("NFKC", character)
        return (plain,) if plain in GREEK or plain.isascii() else None
    parts = unicodedata.normalize("NFD", character)
    if len(parts) == 2 and parts[1] in ACCENTS and (parts[0].isascii() or parts[0] in GREEK):
        return tuple(parts)
    return None


def _complaint(character: str) -> str:
    name = unicodedata.name(character, f"U+{ord(character):04X}")
    meant = _LOOK_ALIKES.get(character)
    if meant is None:
        folded = unicodedata.normalize("NFKC", character)
        meant = folded if len(folded) == 1 and folded.isascii() and folded.isprintable() and folded != " " else None
    shown = f"{character!r} ({name})" if character.isprintable() else f"the invisible character {name}"
    if meant is None:
        return f"{shown} is not part of the notation; delete it or write it in LaTeX"
    script = "Greek" if meant in GREEK else "Latin"
    return f"{shown} is not part of the notation; it looks like the {script} {meant!r}: type that instead"
