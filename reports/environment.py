"""The Jinja environment of the pages: escaping, languages, filters.

Two things make a page safe whatever a record holds. The environment escapes every value, and no template marks one as safe.
`render` neutralises the finished page, so that no control character or text-direction override comes through any template.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.filters import do_urlencode
from markupsafe import Markup

from . import i18n, text

PIECE = 1000
"""Parts of a template's output that are written together."""
TEMPLATES = Path(__file__).parent / "templates"
_RESERVED = tuple(f"handout.{language}" for language in i18n.LANGUAGES)


@cache
def environment(language: str) -> Environment:
    """The environment for one language. Raises ValueError on a language that has no reports."""
    page = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    translations: NullTranslations = i18n.translations(language)
    page.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    page.globals.update(language=language, direction=i18n.direction(language), style=_style)
    page.filters.update(
        number=partial(i18n.number, language=language),
        percent=partial(i18n.percent, language=language),
        fixed=partial(i18n.fixed, language=language),
        measured=partial(i18n.measured, language=language),
        probability=partial(i18n.probability, language=language),
        signed=partial(i18n.signed, language=language),
        plain=partial(i18n.plain, language=language),
        duration=partial(i18n.duration, language=language),
        words=text.words,
        translated=translations.gettext,
        moment=partial(i18n.moment, language=language),
        digits=partial(i18n.digits, language=language),
        clip=text.clip,
        humanise=text.humanise,
        prose=text.prose,
        page_link=page_link,
    )
    return page


def render(template: str, language: str, **values: Any) -> str:
    """One page as text that encodes to UTF-8."""
    return text.neutralise(environment(language).get_template(template).render(**values))


def pieces(template: str, language: str, **values: Any) -> Iterator[str]:
    """The same page piece by piece: a long one is never held as a whole."""
    stream = environment(language).get_template(template).stream(**values)
    stream.enable_buffering(PIECE)
    return map(text.neutralise, stream)


def page_name(student: str) -> str:
    """The file name of a student's page; the names of the handout's pages are taken."""
    return f"{student}.student.html" if student.lower() in _RESERVED else f"{student}.html"


def page_link(student: str) -> str:
    """The address of a student's page from a page in the same folder."""
    return do_urlencode(page_name(student))


@cache
def _style(*names: str) -> Markup:
    """Style sheets of ours, to stand in a `<style>` element, where HTML escaping does not apply."""
    return Markup("\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names))
