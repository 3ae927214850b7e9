"""Lines as students write them: what is a side, what is a name, what is set aside, and that no derivation is misread."""

from __future__ import annotations

import tomllib
import warnings
from pathlib import Path
from typing import Any

import pytest

from benchmarks.tasks.formula import HOUSE, SPELLINGS
from graders.kit.errors import FormulaError
from graders.kit.formula import Context, Name, parse, parse_statement, parse_statements, to_plain
from graders.kit.formula.answers import Answer, Part, echo, read_parts
from graders.proof import Kind, Options, judge
from graders.proof.derivation import Derivation, follow
from graders.proof.key import assess, load_key
from graders.proof.steps import Fit, Step

DERIVATIONS: list[dict[str, Any]] = tomllib.loads(SPELLINGS.read_text(encoding="utf-8"))["derivations"]


def _lines(expected: str) -> list[Any]:
    return [
        pytest.param(table["assignment"], table["part"], lines, id=f"{table['part']}: {lines[-1][:40]}")
        for table in DERIVATIONS
        for lines in table[expected]
    ]


def _assess(assignment: str, part: str, lines: list[str]) -> Any:
    parts = read_parts(HOUSE / "assignments" / assignment / "formulas.toml")
    key = load_key(HOUSE / "graders" / assignment / "key.toml")
    return assess(parts[part], Answer(part, tuple(lines)), key)


@pytest.mark.parametrize(("assignment", "part", "lines"), _lines("right"))
def test_right_derivations_earn_everything(assignment: str, part: str, lines: list[str]) -> None:
    result = _assess(assignment, part, lines)
    assert result.kind == "complete", result.message
    assert result.share == 1.0


@pytest.mark.parametrize(("assignment", "part", "lines"), _lines("wrong"))
def test_wrong_derivations_name_a_line(assignment: str, part: str, lines: list[str]) -> None:
    result = _assess(assignment, part, lines)
    assert result.kind == "incomplete"
    assert result.derivation is not None and result.derivation.first_wrong


@pytest.mark.parametrize(
    ("text", "label", "answer", "aside"),
    [
        (r"\ell'' = -\frac{n}{\theta^2} < 0", r"\ell''", "-(n/theta^2)", ("0",)),
        (r"0 < n/T < 1", "", "n/T", ("0", "1")),
        (r"\hat\theta = \arg\max_\theta L(\theta) = n/T", r"\hat\theta", "n/T", (r"\arg\max_\theta L(\theta)",)),
        (r"n/T = \hat\theta_{ML}", r"\hat\theta_{ML}", "n/T", ()),
        (r"n/T, \quad n > 0", "", "n/T", ("n > 0",)),
        (r"n/T \text{ (a maximum)}", "", "n/T", (r"\text{ (a maximum)}",)),
        (r"\boxed{n/T}.", "", "n/T", ()),
    ],
)
def test_parts_of_a_line(pareto: Context, text: str, label: str, answer: str, aside: tuple[str, ...]) -> None:
    statement = parse_statement(text, pareto)
    assert (statement.label, statement.answer, statement.aside) == (label, parse(answer, pareto), aside)
    assert all(part in statement.echo() for part in aside)


def test_set_to_zero_is_said_and_is_no_side(pareto: Context) -> None:
    statement = parse_statement(r"\frac{d\ell}{d\theta} = n/\theta - T = 0", pareto)
    assert statement.zero and statement.answer == parse("n/theta - T", pareto)
    assert statement.echo().endswith("n/theta - T = 0")
    equation = parse_statement("n/theta - T = 0", pareto)
    assert equation.is_equation and not equation.zero and len(equation.sides) == 2


def test_arrows_part_statements(pareto: Context) -> None:
    statements = parse_statements(r"\ell' = 0 \Rightarrow n/\theta = T \iff \theta = n/T", pareto)
    assert [len(statement.sides) for statement in statements] == [1, 2, 2]
    assert len(parse_statement(r"n/\theta = T \Rightarrow \theta = n/T", pareto).before) == 1


@pytest.mark.parametrize("text", ["x_1 + ... + x_n", r"\sum_i x_i", "x[1] + x[2] + x[3] + ... + x[n]", r"x_1+x_2+\dots+x_n"])
def test_dots_are_the_sum_they_mean(pareto: Context, text: str) -> None:
    assert judge(text, "sum(x[i], i, 1, n)", pareto).verdict.accepted


@pytest.mark.parametrize(
    "text", [r"x_1 + x_3 + \dots + x_n", r"x_1 + \dots + b_n", r"b + \dots + n", r"x_1 + \dots", r"x_2 + \dots + x_n"]
)
def test_dots_that_say_too_little(pareto: Context, text: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text, pareto)
    assert 0 <= caught.value.position <= len(text)


def test_an_identity_matrix_named_i_and_an_indicator(skip: Context) -> None:
    for text in (r"I(z_2 > 0)", r"\mathbb{I}(z_2>0)", "1_{z_2>0}", r"\mathbf{1}_{\{z_2>0\}}", r"I_{\{z_2 > 0\}}", "I[z2 > 0]"):
        assert to_plain(parse(text, skip)) == "ind(z2 > 0)"
    assert to_plain(parse("I W_2", skip, "latex")) == "I @ W2"
    assert to_plain(parse(r"I (x \odot 1[z_2 > 0])", skip)) == "I @ (x .* ind(z2 > 0))"


def test_infinity_is_compared(pareto: Context) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for up_to in (Options(), Options("constant", ("theta",)), Options("factor", ("theta",))):
            assert not judge("n/T", "inf", pareto, up_to).verdict.accepted
        for text, kind in (("-inf", Kind.REFUTED), ("0", Kind.REFUTED), ("n", Kind.REFUTED)):
            assert judge(text, "inf", pareto).verdict.kind is kind
        assert judge("inf", "n/T", pareto).verdict.kind is Kind.REFUTED
        assert judge(r"\infty", "inf", pareto).verdict.accepted


def test_rounded_numbers() -> None:
    context = Context((Name("c"),))
    close = judge("0.3333*c", "c/3", context).verdict
    assert close.kind is Kind.UNDECIDED and "rounded" in close.reason
    rough = judge("0.33*c", "c/3", context).verdict
    assert rough.kind is Kind.REFUTED and "rounded" in rough.reason
    assert "rounded" not in judge("0.25*c", "c/3", context).verdict.reason


def test_what_is_left_out_has_a_name(pareto: Context) -> None:
    loose = Options("constant", ("theta",))
    for text in (r"n\ln\theta - \theta T + C", "n*ln(theta) - theta*T + const", r"n\ln\theta - \theta T + \text{const}"):
        assert judge(text, "n*ln(theta) - theta*T", pareto, loose).verdict.accepted
    assert judge(r"n\ln\theta - C\theta T", "n*ln(theta) - theta*T", pareto, loose).verdict.kind is Kind.REFUTED
    with pytest.raises(FormulaError):
        judge("n/T + C", "n/T", pareto)


def test_a_name_of_the_question_keeps_its_meaning(pareto: Context) -> None:
    assert judge(r"T = \sum_i \ln x_i \Rightarrow \hat\theta = n/T", "n/T", pareto).verdict.kind is Kind.UNDECIDED
    with pytest.raises(FormulaError, match="keeps its meaning"):
        judge(r"n/T \text{ where } T = \sum_i \ln x_i", "n/T", pareto)


def test_second_derivatives_stand_beside_the_way(pareto: Context) -> None:
    steps = (Step("score", "differentiate", 1, "theta"), Step("estimate", "solve", 1, "theta"))
    task = Derivation(pareto, "n*ln(theta) - theta*T", steps)
    lines = [r"\ell' = n/\theta - T = 0", r"\theta = n/T"]
    assert follow([*lines, r"\ell'' = -\frac{n}{\theta^2} < 0"], task).complete
    wrong = follow([*lines, r"\ell'' = \frac{n}{\theta^2} > 0"], task)
    assert wrong.first_wrong == 3 and wrong.points == 2
    assert follow([lines[0], r"\ell'' = -n/\theta^2 < 0", lines[1]], task).complete


def test_a_slip_in_a_derivation_is_no_name(pareto: Context) -> None:
    task = Derivation(pareto, "n*ln(theta) - theta*T", (Step("score", "differentiate", 1, "theta"),))
    verdict = follow([r"\ell' = n/\theta - q"], task)
    assert verdict.lines[0].fit is Fit.UNREADABLE and "'q'" in verdict.lines[0].reason


def test_the_echo_says_what_was_set_aside(pareto: Context) -> None:
    part = Part("q", "formula", pareto)
    (shown,) = echo(part, Answer("q", (r"\ell'' = -n/\theta^2 < 0",)))
    assert shown.plain.endswith("[set aside: 0]") and shown.latex == r"\ell'' = -\frac{n}{\theta^{2}}"
    (lines,) = echo(Part("q", "lines", pareto), Answer("q", (r"n/\theta = T \Rightarrow \theta = n/T",)))
    assert lines.plain == "n/theta = T => theta = n/T"


def test_files_are_where_the_benchmark_looks() -> None:
    assert Path(__file__).with_name("spellings.toml") == SPELLINGS


@pytest.mark.parametrize("text", ["1/theta = n/T", r"\theta^2 = n/T", "T/n = n/T", "n/T -> 0", "n/T => T/n"])
def test_the_right_value_in_another_equation_is_not_accepted(pareto: Context, text: str) -> None:
    assert judge(text, "n/T", pareto).verdict.kind is Kind.UNDECIDED
