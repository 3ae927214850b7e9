"""The written part of speech HW4: its reference, what the handout says of it, right forms, and wrong ones by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from graders.kit.assignment import load
from graders.kit.checks import Attempt, running
from graders.kit.errors import CheckFailed, StudentFault
from graders.kit.formula import Context, Name, parse
from graders.kit.loading import CodeFolder
from graders.kit.outcome import Finding
from graders.kit.written import FILE, WrittenAnswers, readable
from graders.proof import Options, decide
from graders.proof.marking import Marker, settle
from graders.proof.mistakes import Mistake

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load(ROOT / "assignments" / "speech_hw4")
REFERENCE = ROOT / "reference" / "speech_hw4"
MARKER = Marker.load(ROOT / "graders" / "speech_hw4")
SLOPE, TANH, READABLE = "q2.bipolar_identity", "q2.bipolar_tanh", "q2.readable"
HANDOUTS = pytest.mark.parametrize("language", ["en", "fa"])


def handout(language: str) -> str:
    """The section on the written part."""
    text = (ASSIGNMENT.folder / f"handout.{language}.md").read_text(encoding="utf-8")
    return text[text.index('<a id="q2-identity">') :].split("<a id=")[1]


def written(text: str) -> WrittenAnswers:
    return WrittenAnswers(ASSIGNMENT.folder, {FILE: text.encode()})


def ended(check: str, run: Callable[[], None]) -> tuple[float, Finding]:
    """The share of the points that a check ends with, and what the student reads."""
    attempt = Attempt(ASSIGNMENT.check(check), 1)
    token = running.set(attempt)
    try:
        run()
    except CheckFailed as error:
        return 0.0, error.finding
    finally:
        running.reset(token)
    return attempt.share, Finding(message=" ".join(attempt.notes))


def marked(part: str, answer: str) -> tuple[float, Finding]:
    return ended(part, lambda: settle(MARKER.mark(written(f"[\"{part}\"]\nanswer = '''{answer}'''"), part)))


def read(text: str) -> tuple[float, Finding]:
    return ended(READABLE, lambda: readable(written(text), "q2"))


# The reference


def test_the_derivation_derives_and_checks_itself() -> None:
    code = CodeFolder.read(REFERENCE)
    derived = code.call("bipolar_identities", "derive")
    assert [int(value) for value in derived.values()] == [0, 0, 2]
    differences = code.call("bipolar_identities", "check")
    assert len(differences) >= 3
    assert max(differences.values()) < 1e-9


def test_the_reference_answers_every_part() -> None:
    answers = written((REFERENCE / FILE).read_text(encoding="utf-8"))
    parts = [part for part in answers.parts if part.startswith("q2.")]
    assert set(parts) == {SLOPE, TANH} and set(answers.parts) == set(MARKER.key.rights)
    assert all(answers.get(part) for part in parts) and not answers.problems
    for part in parts:
        assert MARKER.mark(answers, part).share == 1.0


# Handout and starter


@HANDOUTS
def test_the_handout_asks_for_every_part_and_does_not_answer_it(language: str) -> None:
    text = (ASSIGNMENT.folder / f"handout.{language}.md").read_text(encoding="utf-8")
    assert all(f"`{part}`" in handout(language) for part in (SLOPE, TANH))
    formulas = [formula.split("=")[-1] for formula in re.findall(r"\$([^$]*f'?\([^$]*)\$", text)]
    assert len(formulas) >= 5
    for formula in formulas:
        assert marked(SLOPE, formula.strip(" .;,") or "0")[0] == 0.0, formula
    for spelled in ("tanh(z/2)", "z/2", r"\frac{z}{2}"):
        assert spelled not in text


@HANDOUTS
def test_the_two_notations_of_the_handout_mean_the_same(language: str) -> None:
    table = handout(language).split("| LaTeX |")[1].split("\n\n")[0].splitlines()[2:]
    assert len(table) >= 3
    names = Context((*(Name(name) for name in ("a", "b", "x", "z")), Name("f", of=("z",), formula="2/(1 + exp(-z)) - 1")))
    for line in table:
        latex, plain = (re.findall("`([^`]+)`", cell) for cell in line.strip("| ").split(" | ")[1:])
        left = [spelling for spelling in latex if spelling != "e^{x}"]
        right = [spelling for spelling in plain if spelling != "x**2"]
        for one, other in zip(left, right, strict=True):
            trees = parse(one, names, "latex"), parse(other, names, "plain")
            assert decide(*trees, names, Options(prove=False)).accepted, (one, other)


def test_the_starter_has_every_part_and_its_examples_are_no_answers() -> None:
    text = (ASSIGNMENT.folder / "starter" / FILE).read_text(encoding="utf-8")
    answers = written(text)
    assert re.findall(r'^\["([^"]+)"\]', text, re.MULTILINE) == list(answers.parts)
    assert not any(answers.get(part) for part in answers.parts) and not answers.problems
    assert read(text)[0] == 0.0
    examples = re.findall(r"^#     answer = '?([^'\n]+?)'?  ", text, re.MULTILINE)
    assert len(examples) == 4
    for example in examples[:3]:
        assert marked(SLOPE, example)[0] == 0.0
        assert read(f"[\"{SLOPE}\"]\nanswer = '{example}'")[0] == 0.5  # it can be read, though
    assert marked(TANH, examples[3])[0] == 0.0


# Answers


@pytest.mark.parametrize(
    "answer",
    [
        r"\frac12 (1+f)(1-f)",
        r"f'(z) = \frac{1}{2}\left(1 - f(z)^2\right)",
        r"\frac{df}{dz} = \frac{2 e^{-z}}{(1 + e^{-z})^2}",
        r"\frac{1 - \tanh^2(z/2)}{2}",
        r"2\sigma(z)(1 - \sigma(z))",
        "0.5*(1 - f**2)",
        "(1 + f(z))*(1 - f(z))/2",
        "1/(2*cosh(z/2)**2)",
        "1/(1 + cosh(z))",
        "2*exp(z)/(1 + exp(z))**2",
    ],
)
def test_equal_forms_earn_everything(answer: str) -> None:
    share, finding = marked(SLOPE, answer)
    assert share == 1.0, finding


@pytest.mark.parametrize(
    "answer", ["f", "f(z)", "z", "1/2", "(1 + f(z)^2)/2", "f'(z)", "(1 + f)(1 - f)/2 +", "g(z)", "9**9**9**9"]
)
def test_other_answers_earn_nothing(answer: str) -> None:
    assert marked(SLOPE, answer)[0] == 0.0


@pytest.mark.parametrize(("answer", "share"), [("0.5", 1.0), ("1/2", 1.0), ("-0.5", 0.0), ("0.25", 0.0), ("z/2", 0.0)])
def test_the_number_of_the_tanh(answer: str, share: float) -> None:
    assert marked(TANH, answer)[0] == share


@pytest.mark.parametrize("mistake", [one for one in MARKER.key.mistakes if one.part in (SLOPE, TANH)], ids=lambda one: one.name)
def test_each_mistake_is_named(mistake: Mistake) -> None:
    share, finding = marked(mistake.part, mistake.formula)
    assert share == 0.0
    assert (finding.mistake, finding.lesson) == (mistake.name, mistake.lesson)


def test_the_echo_and_the_place_of_a_fault() -> None:
    share, finding = read(f'["{SLOPE}"]\nanswer = \'(1 + g)/2\'\n["{TANH}"]\nanswer = 0.5')
    assert share == 0.0
    assert SLOPE in finding.message and "'g'" in finding.message and "^" in finding.message
    share, finding = read(f"[\"{SLOPE}\"]\nanswer = '(1 - f**2)/2'")
    assert share == 0.5
    assert f"{SLOPE}: (1 - f(z)^2)/2" in finding.message


def test_a_missing_file_is_the_students_fault() -> None:
    with pytest.raises(StudentFault, match=FILE):
        readable(WrittenAnswers(ASSIGNMENT.folder, {}), "q2")
