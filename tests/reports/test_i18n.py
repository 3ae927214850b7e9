"""Languages: every text of the reports has a Persian one, and numbers and dates follow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from jinja2 import Environment

from benchmarks.engine.task import discover, titles
from reports import i18n, terms
from reports.environment import TEMPLATES
from reports.text import words

REPORTS = Path(i18n.__file__).parent


def message_ids() -> set[str | tuple[str, str]]:
    """Every text that templates and code give to gettext."""
    methods = [("**.html.j2", "jinja2.ext:babel_extract"), ("**.py", "python")]
    found = extract_from_dir(str(REPORTS), methods, keywords={"_": None, "gettext": None, "ngettext": (1, 2)})
    parts = ([part for part in ([text] if isinstance(text, str) else text) if part] for _, _, text, _, _ in found)
    return {text[0] if len(text) == 1 else (text[0], text[1]) for text in parts}


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def test_every_text_has_a_persian_one_and_none_is_left_over() -> None:
    ids = message_ids()
    catalogue = {message.id: message.string for message in i18n.catalogue("fa") if message.id}
    assert len(ids) > 60
    assert ids == set(catalogue)
    for text, translated in catalogue.items():
        for original, word in zip(forms(text), forms(translated), strict=True):
            assert word.strip(), text
            assert sorted(re.findall(r"%\(\w+\)s", original)) == sorted(re.findall(r"%\(\w+\)s", word)), text


def test_no_template_holds_a_text_outside_gettext() -> None:
    for path in TEMPLATES.glob("*.j2"):
        source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", path.read_text(encoding="utf-8"), flags=re.S)
        words = re.sub(r"<[^>]*>|script-src 'sha256-|gradebook\.csv", " ", source)
        assert not re.findall(r"[A-Za-z]{3,}", words), path.name


def test_no_template_marks_a_value_as_safe() -> None:
    for path in TEMPLATES.glob("*.j2"):
        source = path.read_text(encoding="utf-8")
        assert "|safe" not in source.replace(" ", "") and "autoescape" not in source
        Environment(extensions=["jinja2.ext.i18n"]).parse(source)


@pytest.mark.parametrize(
    ("value", "english", "persian"),
    [(0.0, "0", "۰"), (12.5, "12.5", "۱۲٫۵"), (16.754, "16.75", "۱۶٫۷۵"), (1234.0, "1,234", "۱٬۲۳۴"), (7, "7", "۷")],
)
def test_numbers(value: float, english: str, persian: str) -> None:
    assert (i18n.number(value, "en"), i18n.number(value, "fa")) == (english, persian)


@pytest.mark.parametrize(
    ("value", "like", "english"),
    [(0.87, None, "0.870"), (85.095, None, "85.09"), (1240.4, None, "1,240"), (0, None, "0"), (0.00678, None, "0.0068"),
     (4.072e-17, None, "4.1×10⁻¹⁷"), (-0.25, None, "-0.250"), (0.0031, 0.5, "0.003"), (float("inf"), None, "inf")],
)  # fmt: skip
def test_measured_numbers_are_as_long_as_they_are_worth(value: float, like: float | None, english: str) -> None:
    assert i18n.measured(value, "en", like) == english
    assert i18n.measured(4.072e-17, "fa") == "۴٫۱×۱۰⁻¹⁷"


def test_chance_is_never_ruled_out() -> None:
    assert [i18n.probability(p, "en") for p in (0.0478, 0.0006, 1e-9)] == ["0.048", "0.001", "<\N{NO-BREAK SPACE}0.001"]


def test_axes_have_short_numbers() -> None:
    assert [i18n.plain(value, "en") for value in (0.25, 1000.0, 0.001, 1e-12)] == ["0.25", "1000", "0.001", "10⁻¹²"]


def test_titles_and_metrics_have_persian_words_and_none_is_stale() -> None:
    assert set(terms.TITLES) == set(titles().values())
    known = {words(task.metric.name) for task, _ in discover().values()}
    assert known <= set(terms.METRICS)


def test_percentages() -> None:
    assert (i18n.percent(0.5, "en"), i18n.percent(0.5, "fa")) == ("50%", "۵۰٪")


def test_moments_are_in_utc_and_nonsense_stays() -> None:
    assert i18n.moment("2026-03-01T13:32:10+03:30", "en") == "2026-03-01 10:02 UTC"
    assert i18n.moment("2026-03-01T13:32:10", "fa") == "۲۰۲۶-۰۳-۰۱ ۱۳:۳۲"
    assert i18n.moment("yesterday", "en") == "yesterday"
    assert i18n.moment("", "en") == ""
