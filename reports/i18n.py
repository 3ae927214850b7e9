"""Languages of the reports: gettext catalogues read from .po files, digits, numbers and dates.

English is the language of the message ids. A language is added by `locale/<code>/LC_MESSAGES/sanjeh.po` and a row in `LANGUAGES`.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = {"en": "ltr", "fa": "rtl"}
"""Language code and the direction in which it is written."""

_LOCALE = Path(__file__).parent / "locale"
_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def direction(language: str) -> str:
    """`ltr` or `rtl`. Raises ValueError on a language that has no reports."""
    if language not in LANGUAGES:
        raise ValueError(f"no reports in language {language!r}; there are {', '.join(LANGUAGES)}")
    return LANGUAGES[language]


def catalogue(language: str) -> Catalog:
    """The messages of one language, as its .po file has them."""
    with (_LOCALE / language / "LC_MESSAGES" / "sanjeh.po").open("rb") as file:
        return read_po(file, locale=language)


@cache
def translations(language: str) -> NullTranslations:
    """Gettext for one language. The .po file is compiled in memory, so that no binary has to be kept in step with it."""
    direction(language)
    if language == "en":
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@lru_cache(maxsize=4096)
def number(value: float, language: str, decimals: int = 2) -> str:
    """A number as people of that language write it, with at most so many decimals: 12.5, ۱۲٫۵."""
    pattern = "#,##0." + "#" * decimals if decimals else "#,##0"
    # Babel takes the marks of the locale (12٫5) but writes Latin digits.
    return digits(str(format_decimal(value, format=pattern, locale=language, numbering_system="default")), language)


def percent(share: float, language: str) -> str:
    """A share in [0, 1] as a whole percentage."""
    return f"{number(100 * share, language, 0)}{'٪' if language == 'fa' else '%'}"


def digits(text: str, language: str) -> str:
    """The text with the digits of the language."""
    return text.translate(_PERSIAN) if language == "fa" else text


def moment(stamp: str, language: str) -> str:
    """An ISO 8601 time, to the minute and in UTC; what is not one is returned as it is."""
    try:
        when = datetime.fromisoformat(stamp)
    except ValueError:
        return stamp
    text = when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if when.tzinfo else when.strftime("%Y-%m-%d %H:%M")
    return digits(text, language)
