"""`answers.toml`, the answer key, known mistakes, numbers, choices and short texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.kit.errors import CourseError, FormulaError, InputError
from graders.kit.formula.answers import Answer, Part, echo, read_answers, read_parts
from graders.proof import Kind
from graders.proof.key import Key, Right, assess, load_key
from graders.proof.mistakes import Mistake, load_mistakes
from graders.proof.simple import fold, judge_choice, judge_number, judge_text, read_number

PARTS = """
[contexts.power.names]
theta = { low = 0, meaning = "the parameter" }
n = { integer = true, low = 1 }
x = { sample = "n", low = 0, high = 1 }
xbar = { formula = "mean(x)" }
[contexts.skip.names]
u = { shape = ["D", 1] }
W = { shape = ["D", "D"] }
delta1 = { formula = "W @ u" }
delta2 = { formula = "delta1 .* ind(u > 0)" }
[parts."q3.mean"]
context = "power"
[parts."q3.derivation"]
context = "power"
kind = "lines"
[parts."q3.value"]
kind = "number"
[parts."q3.which"]
kind = "choice"
choices = ["biased", "unbiased"]
[parts."q1.name"]
kind = "text"
[parts."q2.b"]
context = "skip"
"""

KEY = """
[parts."q3.mean"]
right = "1/(1 + theta)"
[parts."q3.derivation"]
right = "prod(x[i]^((1-theta)/theta)/theta, i, 1, n)"
carried = 0.5
steps = [
    { name = "logarithm", operator = "logarithm", points = 1 },
    { name = "score", operator = "differentiate", variable = "theta", points = 2 },
    { name = "estimate", operator = "solve", variable = "theta", points = 1 },
]
[parts."q3.value"]
right = 0.34991
rtol = 1e-3
units = { ms = 0.001, s = 1 }
[parts."q3.which"]
right = "unbiased"
[parts."q1.name"]
right = ["KL", "Kullback-Leibler", "کولبک لیبلر", "Wasserstein"]
rejected = ["cosine similarity"]
[parts."q2.b"]
right = "W.T @ delta2"
transposed = true
[[mistakes]]
part = "q3.mean"
name = "integrated over (0, infinity)"
formula = "1/(2*theta)"
lesson = "The density lives on (0, 1)."
lesson_fa = "چگالی روی (0, 1) است."
[[mistakes]]
part = "q2.b"
name = "no transpose"
formula = "W @ delta2"
lesson = "The gradient of W u in u is the transpose."
"""


@pytest.fixture
def parts(tmp_path: Path) -> dict[str, Part]:
    path = tmp_path / "formulas.toml"
    path.write_text(PARTS, encoding="utf-8")
    return read_parts(path)


@pytest.fixture
def key(tmp_path: Path) -> Key:
    path = tmp_path / "key.toml"
    path.write_text(KEY, encoding="utf-8")
    return load_key(path)


def one(part: str, *lines: str) -> Answer:
    return Answer(part, lines)


def test_answers_are_read_in_every_spelling_of_a_table(parts: dict[str, Part]) -> None:
    text = r"""
    ["q3.mean"]
    answer = '\frac1{1+\theta}'
    notation = "latex"
    [q3.value]
    answer = 0.35
    [q3.derivation]
    lines = ['ln(theta)', '', '1/theta']
    [q3]
    which = "Unbiased"
    """
    answers, problems = read_answers(text, parts)
    assert problems == ()
    assert answers["q3.mean"] == Answer("q3.mean", (r"\frac1{1+\theta}",), "latex")
    assert answers["q3.value"].text == "0.35" and answers["q3.which"].text == "Unbiased"
    assert answers["q3.derivation"].lines == ("ln(theta)", "1/theta")


def test_problems_name_their_part(parts: dict[str, Part]) -> None:
    text = """
    ["q9.z"]
    answer = "1"
    ["q3.which"]
    answer = "neither"
    ["q3.mean"]
    answer = [1, 2]
    ["q3.derivation"]
    lines = [1]
    ["q1.name"]
    answer = "KL"
    color = "red"
    """
    answers, problems = read_answers(text, parts)
    assert answers == {}
    assert [problem.split(":")[0] for problem in problems] == ["q9.z", "q3.which", "q3.mean", "q3.derivation", "q1.name"]


@pytest.mark.parametrize(
    "text", ["[", 'a = "\\sqrt"', "a = " + "[" * 5000, "#" * 300_000], ids=["open", "escape", "deep", "large"]
)
def test_what_is_no_toml_is_refused(parts: dict[str, Part], text: str) -> None:
    with pytest.raises(InputError, match=r"answers\.toml"):
        read_answers(text, parts)


def test_a_backslash_in_double_quotes_gets_a_hint(parts: dict[str, Part]) -> None:
    with pytest.raises(InputError, match="single quotes"):
        read_answers('["q3.mean"]\nanswer = "\\sqrt{1+\\theta}"', parts)
    _, (problem,) = read_answers('["q3.mean"]\nanswer = "\\frac1{1+\\theta}"', parts)
    assert "single quotes" in problem


def test_empty_answers_are_missing(parts: dict[str, Part], key: Key) -> None:
    answers, _ = read_answers('["q3.mean"]\nanswer = ""', parts)
    assert answers == {}
    assert assess(parts["q3.mean"], answers.get("q3.mean"), key).share == 0


def test_echo_shows_both_notations_and_errors_with_a_caret(parts: dict[str, Part]) -> None:
    (good,) = echo(parts["q3.mean"], one("q3.mean", r"E[x] = 1/(1+θ)"))
    assert good.plain == "E[x] = 1/(1 + theta)" and good.latex == r"E[x] = \frac{1}{1 + \theta}"
    (bad,) = echo(parts["q3.mean"], one("q3.mean", "1/(1+thta)"))
    assert "did you mean 'theta'" in bad.problem and "character 6" in bad.problem
    assert bad.pointer.splitlines()[1].index("^") == 5


def test_assess_formula_and_mistake(parts: dict[str, Part], key: Key) -> None:
    part = parts["q3.mean"]
    assert assess(part, one(part.id, r"\frac{1}{\theta+1}"), key).share == 1
    wrong = assess(part, one(part.id, r"E[x]=\frac{0.5}{\theta}"), key)
    assert wrong.share == 0 and wrong.mistake == "integrated over (0, infinity)" and wrong.lesson
    assert wrong.got and wrong.wanted and "theta" in wrong.inputs
    other = assess(part, one(part.id, "theta"), key)
    assert other.share == 0 and not other.mistake
    unreadable = assess(part, one(part.id, "1/(1+"), key)
    assert unreadable.share == 0 and unreadable.kind == "unreadable" and "character" in unreadable.message


def test_assess_row_layout_mistake(parts: dict[str, Part], key: Key) -> None:
    part = parts["q2.b"]
    assert assess(part, one(part.id, "delta2 @ W"), key).share == 1
    assert assess(part, one(part.id, "delta2 @ W.T"), key).mistake == "no transpose"


def test_her_own_earlier_result_is_carried(parts: dict[str, Part], key: Key) -> None:
    part = parts["q2.b"]
    hers = {"delta2": "delta1 .* ind(W @ u > 0)"}
    expanded = one(part.id, "W.T @ (delta1 .* ind(W @ u > 0))")
    assert assess(part, expanded, key).share == 0
    assert assess(part, expanded, key, hers).share == 1


def test_assess_derivation(parts: dict[str, Part], key: Key) -> None:
    part = parts["q3.derivation"]
    lines = [
        r"\ell = -n\ln\theta + \frac{1-\theta}{\theta}\sum_i\ln x_i",
        r"\frac{d\ell}{d\theta} = -\frac n\theta - \frac{1}{\theta^2}\sum_i\ln x_i",
        r"\hat\theta = -\frac1n\sum_i\ln x_i",
    ]
    result = assess(part, one(part.id, *lines), key)
    assert result.share == 1 and result.kind == "complete"
    lines[1] = lines[1].replace(r"- \frac{1}{\theta^2}", r"+ \frac{1}{\theta^2}")
    lines[2] = lines[2].replace("= -", "= ")
    result = assess(part, one(part.id, *lines), key)
    assert result.share == pytest.approx((1 + 0.5) / 4) and "line 2" in result.message


def test_assess_number_choice_text(parts: dict[str, Part], key: Key) -> None:
    assert assess(parts["q3.value"], one("q3.value", "350 ms"), key).share == 1
    assert assess(parts["q3.value"], one("q3.value", "0.36"), key).share == 0
    assert assess(parts["q3.which"], one("q3.which", "UNBIASED "), key).share == 1
    assert assess(parts["q1.name"], one("q1.name", "the Kullback–Leibler divergence"), key).share == 1
    assert assess(parts["q1.name"], one("q1.name", "a distance of my own"), key).share is None
    assert assess(parts["q1.name"], one("q1.name", "cosine similarity, or KL"), key).share == 0


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.5", 0.5), ("1/11", 1 / 11), ("-3", -3), ("e - 1", 1.718281828), ("۳٫۵", 3.5), ("50%", 0.5), ("12 ms", 0.012), ("2e3", 2000),
     (r"\frac{3}{4}", 0.75), ("√2", 2**0.5), ("1.5·10^{-3}", 0.0015)],
)  # fmt: skip
def test_numbers(text: str, value: float) -> None:
    assert read_number(text, {"ms": 1e-3, "s": 1}) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "about 3", "3,5", "theta", "9**9**9**9", "import os", "0x10"])
def test_no_numbers(text: str) -> None:
    with pytest.raises(FormulaError):
        read_number(text)


def test_number_tolerance() -> None:
    assert judge_number("0.235", 0.235006).accepted
    assert not judge_number("0.24", 0.235006).accepted
    assert judge_number("1e-9", 0.0, atol=1e-8).accepted
    assert judge_number("inf", float("inf")).accepted
    assert judge_number("0/0", 1.0).kind is Kind.REFUTED


@pytest.mark.parametrize(
    ("a", "b"),
    [("كولبك‌ليبلر", "کولبک لیبلر"), ("Kullback–Leibler", "kullback leibler"), ("ＫＬ", "kl"), ("k-means++", "K means"),
     ("Hellinger’s", "hellinger s"), ("واسِرشتاین", "واسرشتاین"), ("۱۲", "12")],
)  # fmt: skip
def test_folding(a: str, b: str) -> None:
    assert fold(a) == fold(b)


def test_folding_keeps_words_apart() -> None:
    assert fold("آب") != fold("اب") or fold("آب") == "اب"
    assert not judge_text("klm", ["KL"]).accepted
    assert judge_text("KL.", ["KL"]).accepted
    assert judge_choice(" B ", "b").accepted and not judge_choice("a", ["b", "c"]).accepted


@pytest.mark.parametrize(
    "text",
    ['[parts."x"]\nkind = "formula"', '[parts."x"]\nkind = "song"', '[parts."x"]\ncontext = "nowhere"', "[", '[parts."x"]\ncolour = 1',
     '[contexts.a.names]\nx = { sample = "n" }', '[contexts.a.names]\nx = { loow = 1 }', '[contexts.a.names]\nx = { formula = "y" }\n',
     '[contexts.a]\nname = 1', '[contexts.a.names]\n"1x" = {}', '[contexts.a.names]\nW_1 = {}\nW1 = {}',
     '[contexts.a.names]\nf = { of = ["z"] }'],
)  # fmt: skip
def test_a_wrong_course_file_is_the_courses_fault(tmp_path: Path, text: str) -> None:
    from graders.kit.formula import definitions

    path = tmp_path / "formulas.toml"
    path.write_text(text + ('\n[parts."p"]\ncontext = "a"' if "contexts.a.names" in text else ""), encoding="utf-8")
    with pytest.raises(CourseError):
        for part in read_parts(path).values():
            definitions(part.context)


@pytest.mark.parametrize(
    "text", ['[parts."x"]', '[parts."x"]\nright = "1"\nup_to = "factor"', '[parts."x"]\nright = "1"\nno = 1', "["]
)
def test_a_wrong_key_is_the_courses_fault(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError):
        load_key(path)


def test_mistakes_file(tmp_path: Path) -> None:
    path = tmp_path / "mistakes.toml"
    path.write_text('[[mistakes]]\npart = "a"\nname = "b"\nformula = "1"\nlesson = "c"\n', encoding="utf-8")
    assert load_mistakes(path) == (Mistake("a", "b", "1", "c"),)
    path.write_text('[[mistakes]]\npart = "a"\n', encoding="utf-8")
    with pytest.raises(CourseError):
        load_mistakes(path)


def test_a_key_without_the_part_is_the_courses_fault(parts: dict[str, Part]) -> None:
    with pytest.raises(CourseError):
        assess(parts["q3.mean"], one("q3.mean", "1"), Key({"other": Right("other", "1")}))
