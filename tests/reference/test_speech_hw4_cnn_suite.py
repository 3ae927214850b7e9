"""The checks of the genre network on known code: the reference earns everything, the starter nothing, each mistake is named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from graders.kit.assignment import CheckSpec, Question, load
from graders.kit.direct import Direct
from graders.kit.loading import CodeFolder
from graders.kit.mistakes import load as load_mistakes
from graders.kit.outcome import CheckResult, Outcome
from graders.kit.plugin import Suite, SuitePlugin
from graders.kit.proxy import Backend
from graders.kit.run import Collector, run_pytest

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load(ROOT / "assignments" / "speech_hw4")
QUESTION = next(question for question in ASSIGNMENT.questions if question.id == "q3")
REFERENCE = ROOT / "reference" / "speech_hw4"
MISTAKES = ROOT / "graders" / "speech_hw4" / "mistakes"
STARTER = ROOT / "assignments" / "speech_hw4" / "starter"
SUITES = (ROOT / "assignments" / "speech_hw4" / "checks" / "test_cnn.py", ROOT / "graders" / "speech_hw4" / "test_cnn.py")
KNOWN = {mistake.name: mistake for mistake in load_mistakes(MISTAKES, REFERENCE).known if mistake.file == "cnn"}
MUSIC = ("q3.learns", "q3.claimed")


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Two threads on shared cores are many times slower."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class One:
    """A provider of one submission, called in this process."""

    def __init__(self, code: CodeFolder) -> None:
        self.direct = Direct(code)

    def backend(self, student: str, question: Question) -> Backend:
        return self.direct

    def files(self, student: str, question: Question) -> dict[str, bytes]:
        return {}

    def recall(self, student: str, spec: CheckSpec) -> CheckResult | None:
        return None

    def remember(self, student: str, result: CheckResult) -> None:
        return None

    def reset(self) -> None:
        return None


def graded(code: CodeFolder, folder: Path = REFERENCE, *, music: bool = False) -> dict[str, CheckResult]:
    """Every check of the question on this code, whose weights lie in `folder`; without `music`, not those on tracks."""
    choice = [] if music else ["-k", "not learns and not claimed"]
    found: dict[str, CheckResult] = {}
    before = Path.cwd()
    os.chdir(folder)
    try:
        for suite in SUITES:
            collector = Collector()
            plugin = SuitePlugin(Suite(ASSIGNMENT, REFERENCE, MISTAKES, only="q3"), ["one"], One(code))
            run_pytest([str(suite), *choice], [plugin, collector])
            assert not collector.broken, collector.broken[0]
            found |= {result.check: result for _, _, result in collector.rows}
    finally:
        os.chdir(before)
    assert set(found) == {spec.id for spec in QUESTION.checks if music or spec.id not in MUSIC}
    broken = [result.finding.detail for result in found.values() if result.outcome is Outcome.UNGRADED]
    assert not broken, broken[0]
    return found


def sources(folder: Path = REFERENCE) -> dict[str, str]:
    return {"cnn.py": (folder / "cnn.py").read_text(encoding="utf-8")}


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_each_mistake_loses_points_and_is_named(name: str) -> None:
    mistake = KNOWN[name]
    lost = [result for result in graded(mistake.code).values() if result.points < result.max_points]
    assert {result.finding.mistake for result in lost} - {""} == {mistake.name}
    assert any(result.finding.lesson == mistake.lesson for result in lost)


def test_points_add_up() -> None:
    assert (QUESTION.automatic_points, QUESTION.rubric_points) == (30.0, 10.0)


def test_the_starter_earns_nothing() -> None:
    for result in graded(CodeFolder(sources(STARTER)), STARTER, music=True).values():
        assert result.points == 0 and "not written yet" in result.finding.message, result
