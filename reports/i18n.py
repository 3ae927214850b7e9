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

CALENDARS = ("gregorian", "jalali")

_LOCALE = Path(__file__).parent / "locale"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
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


def fixed(value: float, decimals: int = 3, *, language: str) -> str:
    """A number with so many decimals, zeros included, for columns: 0.870, ۰٫۸۷۰. What is not finite is written as it is."""
    if value - value != 0:
        return str(value)
    text = f"{value:,.{decimals}f}"
    return digits(text.replace(",", "٬").replace(".", "٫"), language) if language == "fa" else text


def measured(value: float, language: str, like: float | None = None) -> str:
    """A measured number as long as it is worth: 0.870, 85.10, 1,240, 0.0068, 4.1×10⁻¹⁷. What is not finite is written as it is.

    `like` is the number whose decimals it should have, as a deviation those of its mean.
    """
    size = abs(value if like is None else like)
    if value - value != 0 or size >= 0.01 or value == 0:
        decimals = 0 if size >= 1000 or size == 0 else 1 if size >= 100 else 2 if size >= 10 else 3
        if value == 0 or round(value, decimals):
            return fixed(value, decimals, language=language)
    size = abs(value)
    if size >= 1e-4:
        return plain(float(f"{value:.2g}"), language)
    mantissa, _, power = f"{value:.1e}".partition("e")
    return plain(float(mantissa), language) + digits("×10", language) + str(int(power)).translate(_RAISED)


def probability(p: float, language: str) -> str:
    """A p value to three decimals; one that would be 0.000 is "< 0.001": chance is never ruled out."""
    least = fixed(0.001, 3, language=language)
    return fixed(p, 3, language=language) if p >= 0.0005 else f"<\N{NO-BREAK SPACE}{least}"


def signed(value: float, decimals: int = 3, *, language: str) -> str:
    """A difference: always with its sign."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{fixed(abs(value), decimals, language=language)}"


def plain(value: float, language: str) -> str:
    """A round number as short as it goes, for axes: 0.25, 1000, 10⁻¹²."""
    if 0 < value < 1e-4 and f"{value:.0e}".startswith("1e"):
        return digits("10", language) + f"{value:.0e}".partition("e")[2].replace("-0", "-").translate(_RAISED)
    text = f"{value:.10g}"
    return digits(text.replace(".", "٫"), language) if language == "fa" else text


def duration(seconds: float, language: str) -> str:
    """A time to three digits in the unit that fits: 850 µs, 130 ms, 1.25 s, 3.4 min."""
    units = ((1e-6, 1e-3, "µs"), (1e-3, 1.0, "ms"), (1.0, 120.0, "s"), (60.0, float("inf"), "min"))
    size, unit = next((size, unit) for size, limit, unit in units if seconds < limit)
    text = f"{seconds / size:.3g}\N{NO-BREAK SPACE}{unit}"
    return digits(text.replace(".", "٫"), language) if language == "fa" else text


def percent(share: float, language: str) -> str:
    """A share in [0, 1] as a whole percentage."""
    return f"{number(100 * share, language, 0)}{'٪' if language == 'fa' else '%'}"


def digits(text: str, language: str) -> str:
    """The text with the digits of the language."""
    return text.translate(_PERSIAN) if language == "fa" else text


def moment(stamp: str, language: str, calendar: str = "gregorian") -> str:
    """An ISO 8601 time, to the minute and in UTC; what is not one is returned as it is.

    `calendar` is "gregorian" or "jalali". Raises ValueError for another, and where jdatetime is not installed for the second.
    """
    try:
        when = datetime.fromisoformat(stamp)
    except ValueError:
        return stamp
    when = when.astimezone(UTC) if when.tzinfo else when
    day = _jalali(when) if calendar == "jalali" else when.strftime("%Y-%m-%d")
    if calendar not in CALENDARS:
        raise ValueError(f"got the calendar {calendar!r}, wanted one of {', '.join(CALENDARS)}")
    return digits(f"{day} {when:%H:%M}{' UTC' if when.tzinfo else ''}", language)


def _jalali(when: datetime) -> str:
    try:
        import jdatetime
    except ModuleNotFoundError:
        raise ValueError("dates of the Jalali calendar need jdatetime: pip install 'sanjeh[jalali]'") from None
    return str(jdatetime.date.fromgregorian(date=when.date()).strftime("%Y-%m-%d"))
