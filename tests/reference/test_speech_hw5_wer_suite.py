"""The checks of the word error rate on known code: the reference and a rewrite earn everything, the starter nothing, mistakes are named."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from graders.kit.assignment import load
from graders.kit.loading import CodeFolder, variant
from graders.kit.mistakes import load as load_mistakes
from graders.kit.outcome import CheckResult, Outcome
from graders.kit.plugin import Suite, SuitePlugin
from graders.kit.run import Collector, run_pytest

from .provider import InProcess

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load(ROOT / "assignments" / "speech_hw5")
QUESTION = next(question for question in ASSIGNMENT.questions if question.id == "q3")
REFERENCE = ROOT / "reference" / "speech_hw5"
STARTER = ROOT / "assignments" / "speech_hw5" / "starter"
MISTAKES = ROOT / "graders" / "speech_hw5" / "mistakes"
SUITES = [ROOT / "assignments" / "speech_hw5" / "checks" / "test_wer.py", ROOT / "graders" / "speech_hw5" / "test_wer.py"]
FILES = ("normalize.py", "wer.py")
CHECKS = {
    f"q3.{name}" for name in ("examples", "spelling", "counts", "wer", "mean_wer", "cer", "letters", "spacing", "normalized_wer")
}
NAMES = {"wer.py": ("counts", "wer", "mean_wer", "cer", "normalized_wer"), "normalize.py": ("normalize",)}
KNOWN = {f"{one.file}__{one.name}": one for one in load_mistakes(MISTAKES, REFERENCE).known if f"{one.file}.py" in FILES}

# Another person's right solution: the standard library alone, a table of tuples, loops, translate and regular expressions.
REWRITTEN = {
    "wer.py": """
from normalize import normalize


def _table(one, other):
    rows = {(0, j): (j, 0, 0, j) for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        rows[i, 0] = (i, 0, i, 0)
        for j in range(1, len(other) + 1):
            e, s, d, n = rows[i - 1, j - 1]
            ways = [(e, s, d, n) if one[i - 1] == other[j - 1] else (e + 1, s + 1, d, n)]
            e, s, d, n = rows[i - 1, j]
            ways.append((e + 1, s, d + 1, n))
            e, s, d, n = rows[i, j - 1]
            ways.append((e + 1, s, d, n + 1))
            rows[i, j] = min(ways)
    return rows[len(one), len(other)]


def counts(reference, hypothesis):
    _, s, d, n = _table(reference.split(), hypothesis.split())
    return {"substitutions": s, "deletions": d, "insertions": n, "hits": len(reference.split()) - s - d, "words": 0}


def _rows(references, hypotheses):
    return [(_table(one.split(), other.split())[0], len(one.split())) for one, other in zip(references, hypotheses)]


def wer(references, hypotheses):
    rows = _rows(references, hypotheses)
    return sum(row[0] for row in rows) / sum(row[1] for row in rows)


def mean_wer(references, hypotheses):
    rates = [errors / words for errors, words in _rows(references, hypotheses) if words]
    return sum(rates) / len(rates)


def cer(references, hypotheses):
    clean = [[" ".join(text.split()) for text in side] for side in (references, hypotheses)]
    errors = sum(_table(one, other)[0] for one, other in zip(*clean))
    return errors / sum(map(len, clean[0]))


def normalized_wer(references, hypotheses):
    return wer(list(map(normalize, references)), list(map(normalize, hypotheses)))
""",
    "normalize.py": r"""
import re
import unicodedata


def normalize(text):
    text = unicodedata.normalize("NFKC", text)
    for old, new in ("يی", "ىی", "كک", "ةه", "أا", "إا", "ٱا", "ۀه"):
        text = text.replace(old, new)
    text = re.sub("[\u064b-\u0655\u0670\u0640\u061c\u200d-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", "", text)
    text = re.sub(r"\d", lambda found: str(int(found[0])), text)
    text = "".join(" " if unicodedata.category(c)[0] in "PS" or c == "\u200c" else c for c in text)
    return re.sub(r"\s+", " ", text).strip()
""",
}


def provider(submissions: dict[str, dict[str, str]]) -> InProcess:
    """Submissions by name, which may not import what is forbidden."""
    forbidden = QUESTION.environment.forbidden
    codes = {
        name: CodeFolder({file: sources[file] for file in FILES}, forbidden=forbidden) for name, sources in submissions.items()
    }
    return InProcess(codes)


def graded(submissions: dict[str, dict[str, str]]) -> dict[str, list[CheckResult]]:
    """Every check of the word error rate, public and hidden, on each of these."""
    found: dict[str, list[CheckResult]] = {name: [] for name in submissions}
    for suite in SUITES:
        collector = Collector()
        plugin = SuitePlugin(Suite(ASSIGNMENT, REFERENCE, MISTAKES), list(submissions), provider(submissions))
        run_pytest([str(suite)], [plugin, collector])
        assert not collector.broken, collector.broken[0]
        for name, _, result in collector.rows:
            found[name].append(result)
    for name, results in found.items():
        assert not [result for result in results if result.outcome is Outcome.UNGRADED], name
        assert sum(result.max_points for result in results) == 10.0
    return found


@cache
def reference_sources() -> dict[str, str]:
    return {name: (REFERENCE / name).read_text(encoding="utf-8") for name in FILES}


@cache
def lost() -> dict[str, list[CheckResult]]:
    """By mistake, the checks that it does not pass."""
    found = graded({name: mistake.sources for name, mistake in KNOWN.items()})
    return {name: [one for one in results if one.points < one.max_points] for name, results in found.items()}


def test_right_work_earns_everything() -> None:
    for results in graded({"reference": reference_sources(), "rewritten": REWRITTEN}).values():
        for result in results:
            assert result.points == result.max_points, result


def test_the_starter_earns_nothing() -> None:
    starter = {name: (STARTER / name).read_text(encoding="utf-8") for name in FILES}
    for result in graded({"starter": starter})["starter"]:
        assert result.points == 0, result
        assert "not written yet" in result.finding.message


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_each_mistake_loses_points_and_is_named(name: str) -> None:
    mistake = KNOWN[name]
    assert {result.finding.mistake for result in lost()[name]} - {""} == {mistake.name}
    assert any(result.finding.lesson == mistake.lesson for result in lost()[name])


def test_every_check_is_failed_by_some_mistake() -> None:
    failed = {result.check for results in lost().values() for result in results}
    assert failed == {spec.id for spec in QUESTION.checks if spec.id in CHECKS}


def test_an_error_costs_once() -> None:
    """A slip in `normalize` or in `wer` is not punished again where the two meet, nor a forgotten normalisation elsewhere."""
    checks = {name: {result.check for result in results} for name, results in lost().items()}
    for name in (
        "normalize__digits_kept",
        "normalize__half_space_removed",
        "normalize__vowels_kept",
        "wer__insertions_not_counted",
    ):
        assert "q3.normalized_wer" not in checks[name]
    assert checks["wer__not_normalized"] == {"q3.spelling", "q3.normalized_wer"}


JUNK = (None, "text", 0.5, {}, [], [None], {"hits": "a"}, [[1.0], [1.0, 2.0]], float("nan"))


def test_answers_of_any_kind_are_the_students_fault() -> None:
    """A check that trips over an odd answer would end as ungraded, which `graded` refuses; constants earn nothing."""
    constants, odd = {}, {}
    for value in JUNK:
        text = repr(value).replace("nan", "float('nan')")
        lines = {name: f"def {name}(*args):\n    return {text}\n\n\n" for names in NAMES.values() for name in names}
        constants[repr(value)] = {file: "".join(lines[name] for name in names) for file, names in NAMES.items()}
        for file, names in NAMES.items():
            for name in names:
                odd[f"{name} {value!r}"] = variant(reference_sources(), file, lines[name])
    assert all(result.points == 0 for results in graded(constants).values() for result in results)
    assert all(any(result.points == 0 for result in results) for results in graded(odd).values())
