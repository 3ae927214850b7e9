"""The hidden suites of the written questions: the reference earns everything, the starter nothing, and each mistake is named.

The checks are called as the plugin calls them, on answers read from text, without a sandbox: nothing of a student runs here.
"""

from __future__ import annotations

import importlib.util
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from graders.kit.assignment import load
from graders.kit.checks import Attempt, running
from graders.kit.errors import CheckFailed, FormulaError
from graders.kit.formula import Context, Name, parse
from graders.kit.formula.answers import Answer, Part, read_answers, read_parts
from graders.kit.outcome import Finding
from graders.proof import Options, decide
from graders.proof.marking import Marker
from graders.proof.mistakes import Mistake

ROOT = Path(__file__).parents[2]
SLUGS = ("speech_hw5", "ml_hw5")
BOTH = pytest.mark.parametrize("slug", SLUGS)
DISTANCE = "q1.distance."
HELLINGER = "q1.hellinger."


@dataclass(frozen=True)
class Sheet:
    """One submission's answers."""

    parts: Mapping[str, Part]
    given: Mapping[str, Answer]
    problems: tuple[str, ...] = ()

    def get(self, part: str) -> Answer | None:
        return self.given.get(part)


@dataclass(frozen=True)
class Ended:
    """How a check ended: its share of the points, and what the student reads."""

    share: float
    finding: Finding


@cache
def parts(slug: str) -> dict[str, Part]:
    return read_parts(ROOT / "assignments" / slug / "formulas.toml")


@cache
def marker(slug: str) -> Marker:
    return Marker.load(ROOT / "graders" / slug)


def sheet(slug: str, text: str) -> Sheet:
    given, problems = read_answers(text, parts(slug))
    return Sheet(parts(slug), given, problems)


@cache
def reference(slug: str) -> Sheet:
    return sheet(slug, (ROOT / "reference" / slug / "answers.toml").read_text(encoding="utf-8"))


def changed(slug: str, answers: Mapping[str, str | list[str] | None]) -> Sheet:
    """The reference's answers with some of them replaced, or left out where None."""
    given = dict(reference(slug).given)
    for part, new in answers.items():
        given.pop(part, None)
        if new is not None:
            given[part] = Answer(part, tuple([new] if isinstance(new, str) else new))
    return Sheet(parts(slug), given)


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def checks(slug: str) -> dict[str, Callable[[Any], None]]:
    """Every check of the public and the hidden suite that reads written answers; those of code have tests of their own."""
    folders = (ROOT / "assignments" / slug / "checks", ROOT / "graders" / slug)
    tests = [value for folder in folders for path in sorted(folder.glob("test_*.py")) for value in vars(_module(path)).values()]
    written = [test for test in tests if hasattr(test, "sanjeh_check") and "answers" in inspect.signature(test).parameters]
    return {test.sanjeh_check: test for test in written}


def run(slug: str, check: str, answers: Sheet) -> Ended:
    attempt = Attempt(load(ROOT / "assignments" / slug).check(check), 1)
    token = running.set(attempt)
    try:
        checks(slug)[check](answers)
    except CheckFailed as error:
        return Ended(0.0, error.finding)
    finally:
        running.reset(token)
    return Ended(attempt.share, Finding(message=" ".join(attempt.notes)))


def hidden(slug: str) -> list[str]:
    return [name for name in checks(slug) if not name.endswith(".readable")]


# The whole


@pytest.mark.parametrize(("slug", "automatic", "rubric"), [("speech_hw5", 30.0, 10.0), ("ml_hw5", 85.5, 9.5)])
def test_points_add_up(slug: str, automatic: float, rubric: float) -> None:
    assignment = load(ROOT / "assignments" / slug)
    written = [
        question
        for question in assignment.questions
        if question.id in ("q1", "q2", "q3", "q5", "q6") and "answers.toml" in question.files
    ]
    found = sum(question.automatic_points for question in written), sum(question.rubric_points for question in written)
    assert found == (automatic, rubric)
    assert set(checks(slug)) <= {spec.id for spec in assignment.checks()}


@BOTH
def test_the_reference_earns_everything(slug: str) -> None:
    assert not reference(slug).problems
    assert set(reference(slug).given) == set(parts(slug))
    for check in checks(slug):
        assert run(slug, check, reference(slug)).share == 1.0, check


@BOTH
def test_the_starter_earns_nothing_and_has_every_part(slug: str) -> None:
    text = (ROOT / "assignments" / slug / "starter" / "answers.toml").read_text(encoding="utf-8")
    untouched = sheet(slug, text)
    assert not untouched.given
    assert not untouched.problems
    assert re.findall(r'^\["([^"]+)"\]', text, re.MULTILINE) == list(parts(slug))
    for check in checks(slug):
        assert run(slug, check, untouched).share == 0.0, check


@BOTH
def test_the_examples_of_the_starter_are_toml_and_no_answers(slug: str) -> None:
    text = (ROOT / "assignments" / slug / "starter" / "answers.toml").read_text(encoding="utf-8")
    examples = re.findall(r"^#     ((?:answer|lines) = (?:'[^']*'|\[.*\]|0\.5|\"\w+\"))", text, re.MULTILINE)
    assert len(examples) >= 5
    for example in examples:
        for part in parts(slug).values():
            if part.id in checks(slug) and part.kind in ("formula", "lines"):
                assert run(slug, part.id, sheet(slug, f'["{part.id}"]\n{example}')).share == 0.0, (part.id, example)


@BOTH
def test_handouts_name_every_part_and_every_name(slug: str) -> None:
    for language in ("en", "fa"):
        text = (ROOT / "assignments" / slug / f"handout.{language}.md").read_text(encoding="utf-8")
        assert not [part for part in parts(slug) if f"`{part}`" not in text], language
        words = {name for part in parts(slug).values() for name in (one.name for one in part.context.names)}
        hidden_sizes = {"d"} if slug == "ml_hw5" else {"D"}
        missing = [word for word in words - hidden_sizes if not re.search(rf"`{word}`|`{word}_i`", text)]
        assert not missing, (language, missing)


STATISTICS = {"S", "T", "xbar", "m1", "m2", "m", "Delta"}
"""Derived names that an answer may well consist of: the mean is the centre's best place, and no secret."""


@BOTH
def test_no_definition_in_the_public_file_is_an_answer(slug: str) -> None:
    """`formulas.toml` goes to the student: what it defines must not be what it asks for."""
    tried = 0
    for part in parts(slug).values():
        derived = [name.name for name in part.context.names if name.formula and name.name not in STATISTICS]
        for name in derived if part.id in checks(slug) else []:
            assert run(slug, part.id, changed(slug, {part.id: name})).share == 0.0, (part.id, name)
            tried += 1
    assert slug == "ml_hw5" or tried > 20


def _rows(slug: str, language: str) -> list[tuple[list[str], list[str]]]:
    """The examples of the handout's table of notations: LaTeX and Python-like."""
    text = (ROOT / "assignments" / slug / f"handout.{language}.md").read_text(encoding="utf-8")
    table = text[text.index("| LaTeX |") :].split("\n\n")[0].splitlines()[2:]
    cells = [line.strip("| ").split(" | ") for line in table]
    return [(re.findall("`([^`]+)`", latex), re.findall("`([^`]+)`", plain)) for _, latex, plain in cells]


SCALARS = Context(tuple(Name(name) for name in ("a", "b", "x", "mu1", "sigma1", "m1", "theta", "xbar", "yhat")))
COUNT = Name("n", integer=True, low=1)
LISTS = Context((COUNT, Name("i", integer=True, low=1, high="n"), Name("x", sample="n"), Name("p", sample="n")))
VECTORS = [Name(name, shape=("D", 1)) for name in ("a", "b", "u", "y", "z1", "z2")]
ARRAYS = Context(
    (Name("D", integer=True, low=2), *VECTORS, Name("W2", shape=("D", "D")), Name("I", shape=("D", "D"), draw="identity"))
)


@BOTH
@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_two_notations_of_the_handout_mean_the_same(slug: str, language: str) -> None:
    rows = _rows(slug, language)
    assert len(rows) >= 7
    for latex, plain in rows:
        ways = [spelling for spelling in plain if spelling != "x**2"]
        left = [spelling for spelling in latex if spelling != "e^{x}"]
        assert len(ways) == len(left) > 0, (latex, plain)
        for one, other in zip(left, ways, strict=True):
            assert any(_same(one, other, context) for context in (SCALARS, LISTS, ARRAYS)), (one, other)


def _same(latex: str, plain: str, context: Context) -> bool:
    try:
        trees = parse(latex, context, "latex"), parse(plain, context, "plain")
    except FormulaError:
        return False
    return decide(*trees, context, Options(prove=False)).accepted


# Mistakes


def _with_mistake(slug: str, mistake: Mistake) -> tuple[str, Sheet]:
    """The reference's answers with this mistake in it, and the part that it is in."""
    if mistake.part.startswith(DISTANCE):
        return "q1.distance", changed(
            slug, {"q1.distance_name": mistake.part.removeprefix(DISTANCE), "q1.distance": mistake.formula}
        )
    if mistake.part.startswith(HELLINGER):
        convention = mistake.part.removeprefix(HELLINGER)
        return "q1.hellinger", changed(slug, {"q1.hellinger_convention": convention, "q1.hellinger": mistake.formula})
    return mistake.part, changed(slug, {mistake.part: mistake.formula})


MISTAKES = [(slug, mistake) for slug in SLUGS for mistake in marker(slug).key.mistakes]


@cache
def _failed_by(number: int) -> dict[str, Finding]:
    """The hidden checks of the same question that a mistake fails."""
    slug, mistake = MISTAKES[number]
    part, answers = _with_mistake(slug, mistake)
    question = part.split(".")[0]
    ended = {check: run(slug, check, answers) for check in hidden(slug) if check.startswith(f"{question}.")}
    return {check: one.finding for check, one in ended.items() if one.share < 1}


@pytest.mark.parametrize("number", range(len(MISTAKES)), ids=[f"{slug}-{one.part}-{one.name}" for slug, one in MISTAKES])
def test_each_mistake_loses_points_and_is_named(number: int) -> None:
    mistake = MISTAKES[number][1]
    lost = _failed_by(number)
    assert lost, "no check is failed by it"
    assert any(finding.mistake == mistake.name or mistake.lesson in finding.message for finding in lost.values())


@BOTH
def test_mistakes_teach(slug: str) -> None:
    for mistake in marker(slug).key.mistakes:
        assert len(mistake.lesson.split()) >= 12, f"{mistake.part}: {mistake.name}"


@BOTH
def test_every_check_is_failed_by_some_mistake(slug: str) -> None:
    failed = {check for number, (one, _) in enumerate(MISTAKES) if one == slug for check in _failed_by(number)}
    derivations = {part.id for part in parts(slug).values() if part.kind == "lines"}  # see the tests of wrong lines below
    assert set(hidden(slug)) - failed <= derivations


# Forms that are right as well

SAME = [
    ("speech_hw5", "q1.kl", "log(s2) - log(s1) + (s1**2 + (m1-m2)**2)/(2*s2**2) - 0.5"),
    (
        "speech_hw5",
        "q1.kl",
        r"\frac{1}{2}\left(\frac{\sigma_1^2}{\sigma_2^2} + \frac{\Delta^2}{\sigma_2^2} - 1 - \ln\frac{\sigma_1^2}{\sigma_2^2}\right)",
    ),
    ("speech_hw5", "q1.tv", "erf(abs(mu1 - mu2)/(2*sqrt(2)*sigma))"),
    ("speech_hw5", "q1.tv", r"\Phi\left(\frac{|\mu_1-\mu_2|}{2\sigma}\right) - \Phi\left(-\frac{|\mu_1-\mu_2|}{2\sigma}\right)"),
    ("speech_hw5", "q1.w2", r"\mu_1^2 - 2\mu_1\mu_2 + \mu_2^2 + \sigma_1^2 + \sigma_2^2 - 2\sigma_1\sigma_2"),
    ("speech_hw5", "q1.kan_inner", "2*n^2 + n"),
    ("speech_hw5", "q2.delta1", r"\hat{y}^\top - y^\top"),
    ("speech_hw5", "q2.delta1", "softmax(h2 + d) - y"),
    ("speech_hw5", "q2.delta2", "M2 @ (yhat - y)"),
    ("speech_hw5", "q2.delta2", "(yhat - y) .* relu'(z2)"),
    ("speech_hw5", "q2.delta3", "(I + W2.T @ M2) @ (yhat - y)"),
    ("speech_hw5", "q2.delta3", r"(\hat y - y)^\top (I + M_2 W_2)"),
    ("speech_hw5", "q2.dx", r"(I + W_1^\top M_1)(I + W_2^\top M_2)(\hat y - y)"),
    ("speech_hw5", "q2.dx", "delta3 + ((delta3 .* ind(z1 > 0)).T @ W1).T"),
    ("ml_hw5", "q1.likelihood", r"\theta^n b^{n\theta} \left(\prod_{i=1}^n x_i\right)^{-(\theta+1)}"),
    ("ml_hw5", "q1.likelihood", "theta^n*exp(-theta*T - S)"),
    ("ml_hw5", "q1.loglikelihood", "n*ln(theta) - theta*T"),
    ("ml_hw5", "q1.loglikelihood", "n*ln(theta) - (theta + 1)*T - n*ln(b)"),
    ("ml_hw5", "q1.mle", "1/(mean(ln(x)) - ln(b))"),
    ("ml_hw5", "q1.posterior", "(beta + T)^(alpha + n)/Gamma(alpha + n)*theta^(alpha + n - 1)*exp(-(beta + T)*theta)"),
    (
        "ml_hw5",
        "q1.posterior",
        r"p(\theta|x) \propto \theta^{\alpha-1} e^{-\beta\theta} \cdot \theta^n b^{n\theta} e^{-(\theta+1) S}",
    ),
    ("ml_hw5", "q1.map", "(A - 1)/B"),
    ("ml_hw5", "q1.limit_both", "m"),
    ("ml_hw5", "q2.scale", r"\frac{\frac1n \sum_i (x_i - m_1)^2}{m_1}"),
    ("ml_hw5", "q3.variance", r"\frac{1}{1+2\theta} - \frac{1}{(1+\theta)^2}"),
    ("ml_hw5", "q3.moments_estimator", r"\frac{1-\bar x}{\bar x}"),
    ("ml_hw5", "q3.mle", "-mean(ln(x))"),
    ("ml_hw5", "q5.silhouette", r"\begin{cases} 1 - a/b & a < b \\ b/a - 1 & \text{otherwise} \end{cases}"),
    ("ml_hw5", "q6.drop", r"n (\bar x - c)^\top (\bar x - c)"),
    ("ml_hw5", "q6.drop", r"\sum_{i=1}^n \|x_i - c\|^2 - \sum_{i=1}^n \|x_i - \bar x\|^2"),
    ("ml_hw5", "q6.seeding", "D[j]**2/sum(D**2)"),
]


@pytest.mark.parametrize(("slug", "part", "text"), SAME)
def test_equal_forms_earn_everything(slug: str, part: str, text: str) -> None:
    answers = changed(slug, {part: text})
    check = part if part in checks(slug) else "q1.kan"
    ended = run(slug, check, answers)
    assert ended.share == 1.0, ended.finding.message


# Question 1 of speech HW5: names and conventions


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("chi-square", "sum(p[i]^2/q[i], i, 1, n) - 1"),
        ("Chi-Square", r"\sum_i \frac{(q_i - p_i)^2}{p_i}"),
        ("Hellinger", r"2 - 2\sum_i \sqrt{p_i q_i}"),
        ("normalised Hellinger", r"\sqrt{1 - \sum_{i=1}^n \sqrt{p_i q_i}}"),
        ("total variation", "1 - sum(min(p[i], q[i]), i, 1, n)"),
        ("total variation", "sum(max(p[i] - q[i], 0), i, 1, n)"),
        ("Bhattacharyya", r"-\ln \sum_i \sqrt{p_i q_i}"),
        ("Jensen-Shannon", r"\frac12 \sum_i p_i \ln\frac{2p_i}{p_i+q_i} + \frac12 \sum_i q_i \ln\frac{2q_i}{p_i+q_i}"),
        ("reverse KL", "sum(q[i]*(ln(q[i]) - ln(p[i])), i, 1, n)"),
    ],
)
def test_a_distance_by_its_name(name: str, formula: str) -> None:
    ended = run("speech_hw5", "q1.distance", changed("speech_hw5", {"q1.distance_name": name, "q1.distance": formula}))
    assert ended.share == 1.0, ended.finding.message


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("KL", "sum(abs(p[i]-q[i]), i, 1, n)/2"),
        ("Hellinger", "2 - sum(sqrt(p[i]*q[i]), i, 1, n)"),
        ("chi-square", "sum(p[i]^2/q[i], i, 1, n)"),
        ("total variation", "sum(min(p[i], q[i]), i, 1, n)"),
        ("Jensen-Shannon", "sum(p[i]*ln(p[i]/q[i]) + q[i]*ln(q[i]/p[i]), i, 1, n)/2"),
    ],
)
def test_a_formula_that_is_not_what_its_name_says(name: str, formula: str) -> None:
    answers = changed("speech_hw5", {"q1.distance_name": name, "q1.distance": formula})
    assert run("speech_hw5", "q1.distance", answers).share == 0.0


def test_a_distance_without_a_name() -> None:
    ended = run("speech_hw5", "q1.distance", changed("speech_hw5", {"q1.distance_name": None}))
    assert ended.share == 0.0
    assert "q1.distance_name" in ended.finding.message


def test_hellinger_conventions() -> None:
    right = marker("speech_hw5").key.rights
    for convention in ("plain", "normalised"):
        formula = str(right[f"q1.hellinger.{convention}"].right)
        named = changed("speech_hw5", {"q1.hellinger_convention": convention, "q1.hellinger": formula})
        assert run("speech_hw5", "q1.hellinger", named).share == 1.0
        unnamed = changed("speech_hw5", {"q1.hellinger_convention": None, "q1.hellinger": formula})
        ended = run("speech_hw5", "q1.hellinger", unnamed)
        assert ended.share == 0.75
        assert "q1.hellinger_convention" in ended.finding.message
    wrong = changed("speech_hw5", {"q1.hellinger_convention": None, "q1.hellinger": "mu1 - mu2"})
    assert run("speech_hw5", "q1.hellinger", wrong).share == 0.0


def test_one_of_two_numbers_earns_half() -> None:
    ended = run("speech_hw5", "q1.asymmetry", changed("speech_hw5", {"q1.kl_backward": "0.3499"}))
    assert ended.share == 0.5
    assert "no metric" in ended.finding.message


# Errors carried forward


def test_a_sign_slip_in_delta1_costs_once() -> None:
    mine = {
        "q2.delta1": "y - yhat",
        "q2.delta2": "(y - yhat) .* ind(z2 > 0)",
        "q2.delta3": "y - yhat + W2.T @ ((y - yhat) .* ind(z2 > 0))",
        "q2.dx": "(I + W1.T @ M1) @ (I + W2.T @ M2) @ (y - yhat)",
    }
    answers = changed("speech_hw5", mine)
    assert run("speech_hw5", "q2.delta1", answers).finding.mistake == "sign slip"
    for check in ("q2.delta2", "q2.delta3", "q2.dx"):
        ended = run("speech_hw5", check, answers)
        assert ended.share == 1.0, check
        assert "your own" in ended.finding.message
    alone = changed("speech_hw5", {"q2.delta2": mine["q2.delta2"]})
    assert run("speech_hw5", "q2.delta2", alone).share == 0.0


def test_names_of_earlier_results_need_no_carrying() -> None:
    """delta2 by name is right whatever delta1 was."""
    answers = changed("speech_hw5", {"q2.delta1": "y - yhat", "q2.delta2": r"\delta_1 \odot 1[z_2 > 0]"})
    assert run("speech_hw5", "q2.delta2", answers).share == 1.0


@pytest.mark.parametrize("first", ["0*yhat", "delta1", "x", "W1", "(", "1"])
def test_nothing_follows_from_nonsense_that_has_to_be_something_else(first: str) -> None:
    answers = changed("speech_hw5", {"q2.delta1": first, "q2.delta2": "delta1 .* ind(z1 > 0)"})
    assert run("speech_hw5", "q2.delta1", answers).share == 0.0
    assert run("speech_hw5", "q2.delta2", answers).share == 0.0


def test_a_part_cannot_be_answered_by_its_own_name() -> None:
    for part, name in (("q2.delta1", "delta1"), ("q2.delta2", "delta2"), ("q2.delta3", "delta3")):
        assert run("speech_hw5", part, changed("speech_hw5", {part: name})).share == 0.0
    for part, name in (("q1.posterior_shape", "A"), ("q1.posterior_rate", "B")):
        assert run("ml_hw5", "q1.posterior_parameters", changed("ml_hw5", {part: name})).share == 0.5


def test_map_follows_from_her_own_posterior() -> None:
    answers = changed(
        "ml_hw5", {"q1.posterior_rate": "beta + T/2", "q1.map": "(alpha + n - 1)/(beta + T/2)", "q1.mean": "(alpha+n)/(beta+T/2)"}
    )
    assert run("ml_hw5", "q1.posterior_parameters", answers).share == 0.5
    assert run("ml_hw5", "q1.map", answers).share == 1.0
    assert run("ml_hw5", "q1.mean", answers).share == 1.0


# Derivations


def test_a_derivation_names_its_first_wrong_line() -> None:
    lines = [
        r"\prod_{i=1}^n \theta b^\theta x_i^{-(\theta+1)}",
        r"n\ln\theta - n\theta\ln b - (\theta+1) S",
        r"\frac{n}{\theta} - n\ln b - S = 0",
        r"\theta = \frac{n}{S + n\ln b}",
    ]
    ended = run("ml_hw5", "q1.derivation", changed("ml_hw5", {"q1.derivation": lines}))
    assert 0 < ended.share < 1
    assert "line 2" in ended.finding.message


@pytest.mark.parametrize(
    ("part", "lines"),
    [
        ("q1.derivation", ["theta = n/T + 1"]),
        ("q1.derivation", ["T/n"]),
        ("q3.derivation", [r"\theta = \frac{1}{n} S"]),
        ("q6.centre", ["c = c"]),
        ("q6.centre", ["2*sum(x[i] - c, i, 1, n)"]),
    ],
)
def test_a_derivation_of_wrong_lines_earns_nothing(part: str, lines: list[str]) -> None:
    slug = "ml_hw5"
    assert run(slug, part, changed(slug, {part: lines})).share == 0.0


# The reports that the course received


def test_report_000() -> None:
    """MLEs right; moments integrated over (0, infinity); MAP is the prior's mode; infinite prior parameters taken for ML."""
    answers = changed(
        "ml_hw5",
        {
            "q1.mle": r"\frac{n}{\sum \ln x_i - n \ln b}",
            "q1.map": r"\frac{\alpha - 1}{\beta}",
            "q1.limit_both": r"\frac{n}{T}",
            "q1.limit_alpha": "MLE",
            "q3.moment": r"\frac{1}{\theta(k+1)}",
            "q3.mean": r"\frac{1}{2\theta}",
            "q3.moments_estimator": None,
        },
    )
    assert run("ml_hw5", "q1.mle", answers).share == 1.0
    assert run("ml_hw5", "q3.mle", answers).share == 1.0
    assert run("ml_hw5", "q1.map", answers).finding.mistake == "mode of the prior"
    assert run("ml_hw5", "q1.limit_both", answers).finding.mistake == "infinite prior parameters give the MLE"
    assert run("ml_hw5", "q3.moment", answers).finding.mistake == "integrated over (0, infinity)"
    assert run("ml_hw5", "q3.mean", answers).finding.mistake == "integrated over (0, infinity)"
    assert run("ml_hw5", "q3.moments_estimator", answers).share == 0.0
    finished = changed("ml_hw5", {"q3.mean": r"\frac{1}{2\theta}", "q3.moments_estimator": r"\frac{1}{2\bar{x}}"})
    assert run("ml_hw5", "q3.mean", finished).share == 0.0
    assert run("ml_hw5", "q3.moments_estimator", finished).share == 1.0


def test_report_001() -> None:
    """The structure is right, the transposes are missing."""
    answers = changed(
        "speech_hw5",
        {
            "q2.delta2": r"(\hat y - y) \odot \mathrm{ReLU}'(z_2)",
            "q2.delta3": r"\delta_1 + W_2 \delta_2",
            "q2.dx": r"\delta_3 + W_1 (\delta_3 \odot 1[z_1 > 0])",
        },
    )
    assert run("speech_hw5", "q2.delta2", answers).share == 1.0
    assert run("speech_hw5", "q2.delta3", answers).finding.mistake == "W2 without transpose"
    assert run("speech_hw5", "q2.dx", answers).finding.mistake == "W1 without transpose"


def test_report_002() -> None:
    """All four right, written out in full."""
    answers = changed(
        "speech_hw5",
        {
            "q2.delta1": r"\delta_1 = \hat{y} - y",
            "q2.delta2": r"\delta_2 = (\hat{y} - y) \odot \mathbb{1}(z_2 > 0)",
            "q2.delta3": r"\delta_3 = (\hat{y} - y) + W_2^T ((\hat{y} - y) \odot \mathbb{1}(z_2 > 0))",
            "q2.dx": r"\frac{\partial J}{\partial x} = \delta_3 + W_1^T (\delta_3 \odot \mathbb{1}(z_1 > 0))",
            "q1.distance_name": "total variation",
            "q1.distance": r"\frac{1}{2} \sum_i |p_i - q_i|",
        },
    )
    for check in ("q2.delta1", "q2.delta2", "q2.delta3", "q2.dx", "q1.distance"):
        assert run("speech_hw5", check, answers).share == 1.0, check


# Public checks


@BOTH
def test_the_echo_shows_every_answer_and_faults_have_a_place(slug: str) -> None:
    ended = run(slug, "q2.readable", reference(slug))
    assert all(f"{part}: " in ended.finding.message for part in parts(slug) if part.startswith("q2."))
    part = next(part for part in parts(slug) if part.startswith("q2."))
    broken = run(slug, "q2.readable", changed(slug, {part: "unheard_of + 1"}))
    assert broken.share == 0.0
    assert part in broken.finding.message and "unheard_of" in broken.finding.message and "^" in broken.finding.message
    missing = run(slug, "q2.readable", changed(slug, {part: None}))
    assert missing.share == pytest.approx(0.75)
