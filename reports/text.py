"""Untrusted text made harmless to look at: control characters, text-direction overrides, formulas in spreadsheets.

HTML escaping is not done here; the templates escape everything (see `environment`).
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

LONGEST_TEXT = 6000
"""Characters of one text (a message, a traceback) that a page shows; a page must stay readable whatever a submission prints."""

# C0 and C1 controls but tab and newline, the controls that turn the direction of text around (CVE-2021-42574), lone surrogates
# (file names that are not UTF-8 carry them and no encoder takes them) and the two non-characters that HTML forbids.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
_SHORT = frozenset({"wer", "cer", "mse", "rmse"})
_FORMULA = ("=", "+", "-", "@", "\t", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def neutralise(text: str) -> str:
    r"""Write the characters that no reader should meet as the escapes a programmer knows: `\x1b`, `\u202e`.

    Marks that names need (zero-width non-joiner, left-to-right and right-to-left marks) stay.
    """
    return _UNSAFE.sub(_visible, text.replace("\r\n", "\n"))


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def clip(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text, or its beginning and a count of what was left out."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}\n[... {len(text) - longest} more characters]"


def humanise(mistake: str) -> str:
    """A mistake's name as words: `mlp__output_derivative_missing` is "Output derivative missing"."""
    words = mistake.rsplit("__", 1)[-1].replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def words(name: str) -> str:
    """A name of code as words: `validation_wer` is "validation WER"."""
    return " ".join(word.upper() if word in _SHORT else word for word in name.split("_"))


def prose(text: str) -> Markup:
    """Plain text as HTML paragraphs: blank lines part them, `backticks` become code, all else is escaped."""
    paragraphs = (block.strip() for block in re.split(r"\n\s*\n", clip(text)))
    return Markup("").join(Markup('<p dir="auto">{}</p>').format(_with_code(block)) for block in paragraphs if block)


def _with_code(text: str) -> Markup:
    pieces = re.split(r"`([^`\n]+)`", text)
    # dir="ltr": code stays code inside a right-to-left sentence.
    return Markup("").join(
        Markup('<code dir="ltr">{}</code>').format(piece) if place % 2 else escape(piece) for place, piece in enumerate(pieces)
    )


def csv_cell(text: str) -> str:
    """One line of text that no spreadsheet takes for a formula (OWASP, "CSV injection")."""
    line = neutralise(text).replace("\n", " ").strip(" ")
    return f"'{line}" if line.startswith(_FORMULA) else line
