"""A handout as a page: Markdown to one HTML file that needs no network, with the anchors that feedback links to.

CommonMark with tables and dollar math. Raw HTML is text, except empty anchors, `<a id="q2-backprop"></a>`. Formulas become
MathML, which browsers draw and read aloud without scripts; one that does not convert stays as TeX. Images are shown as their
description: a page that travels alone cannot carry the files beside it.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin

from .environment import render

_ANCHOR = re.compile(r'<a\s+(?:id|name)="([A-Za-z][A-Za-z0-9_.:-]*)"\s*>\s*</a>')
_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_MATH_TAGS = re.compile(
    "math|mrow|mi|mo|mn|mtext|mspace|msub|msup|msubsup|munder|mover|munderover|mfrac|msqrt|mroot|mtable|mtr|mtd|mstyle|mpadded|"
    "mphantom|menclose"
)
_MATH_ATTRIBUTES = re.compile(
    "display|displaystyle|scriptlevel|stretchy|fence|form|separator|accent|accentunder|lspace|rspace|minsize|maxsize|largeop|"
    "movablelimits|mathvariant|linethickness|columnalign|rowspacing|columnspacing|width|height|depth|notation|symmetric"
)


def handout_page(markdown: str, *, language: str = "en", title: str = "") -> str:
    """The handout as HTML in the given language; without a title the first heading is the title.

    Raises:
        ValueError: where there are no reports in that language.
    """
    parser = _parser()
    tokens = parser.parse(markdown)
    body = Markup(parser.renderer.render(tokens, parser.options, {}))  # raw HTML is off and every rule below escapes
    return render("handout.html.j2", language, body=body, title=title or _first_heading(tokens))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, renderer=_math)
    parser.inline.ruler.before("autolink", "anchor", _anchor)
    parser.add_render_rule("anchor", _render_anchor)
    parser.add_render_rule("image", _render_image)
    parser.add_render_rule("table_open", lambda *_: '<div class="scroll" tabindex="0" role="region"><table>\n')
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return parser


def _first_heading(tokens: Sequence[Token]) -> str:
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            return _ANCHOR.sub("", inline.content).strip()
    return ""


def _anchor(state: StateInline, silent: bool) -> bool:
    """Inline rule: an empty `<a id="...">` becomes a token of its own."""
    match = _ANCHOR.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        state.push("anchor", "a", 0).attrs = {"id": match[1]}
    state.pos = match.end()
    return True


def _render_anchor(_: RendererHTML, tokens: Sequence[Token], index: int, *__: Any) -> str:
    return Markup('<a id="{}"></a>').format(tokens[index].attrs["id"])


def _render_image(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    description = renderer.renderInlineAsText(tokens[index].children or [], options, env)
    return Markup('<span class="image">{}</span>').format(description)


def _math(tex: str, options: Mapping[str, Any]) -> str:
    display = bool(options.get("display_mode"))
    mathml = _mathml(tex.strip(), display)
    markup = Markup('<code dir="ltr">{}</code>').format(tex) if mathml is None else mathml
    kind = "math block" if display else "math"
    return Markup('<{0} class="{1}" dir="ltr">{2}</{0}>').format("div" if display else "span", kind, markup)


def _mathml(tex: str, display: bool) -> Markup | None:
    """The formula as MathML, or None where it does not convert.

    The converter does not escape text, so its output is parsed and written anew, and only what draws is let through.
    """
    try:
        source = convert(tex, display="block" if display else "inline")
        root = ElementTree.fromstring(source)
    except Exception:  # the converter raises KeyError, IndexError, ... on TeX that it does not know: then TeX is what we show
        return None
    for element in root.iter():
        element.tag = element.tag.removeprefix(_MATHML)
        if not _MATH_TAGS.fullmatch(element.tag) or not all(map(_MATH_ATTRIBUTES.fullmatch, element.attrib)):
            return None
    root.set("aria-label", tex)
    return Markup(ElementTree.tostring(root, encoding="unicode"))
