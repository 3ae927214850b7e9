"""Functions that a question declares: applied, raised to a power, and never confused with a product."""

from __future__ import annotations

import pytest

from graders.kit.errors import FormulaError
from graders.kit.formula import Context, Name, parse, to_plain
from graders.proof import Kind, judge

CONTEXT = Context((Name("z"), Name("f", of=("z",), formula="2/(1+exp(-z)) - 1")))


@pytest.mark.parametrize(
    "text",
    [
        r"\frac12(1-f^2(z))", r"\frac12(1-f^{2}(z))", r"\frac12(1-f(z)^2)", r"\frac12(1-f^2)", "(1-f**2)/2", "(1-f(z)**2)/2",
        r"\frac{1}{2}(1+f)(1-f)", r"\frac{1}{2}\left(1+f(z)\right)\left(1-f(z)\right)", r"\frac12 - \frac12 f^2(z)",
    ],
)  # fmt: skip
def test_right_forms_of_the_slope(text: str) -> None:
    assert judge(text, "(1 + f)*(1 - f)/2", CONTEXT).verdict.kind in (Kind.PROVED, Kind.AGREES)


def test_a_power_before_other_brackets_is_a_product() -> None:
    assert to_plain(parse(r"f^2(1-z)", CONTEXT, "latex")) == to_plain(parse(r"f(z)^2 \cdot (1-z)", CONTEXT, "latex"))


@pytest.mark.parametrize("text", ["f(1-f)", r"f(1-f(z))"])
def test_applied_or_multiplied_is_asked(text: str) -> None:
    with pytest.raises(FormulaError, match="applied or multiplied"):
        parse(text, CONTEXT)
