"""Question 1 of speech HW4: the reference's choices, the words of handout and file, and each known wrong choice by name."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from graders.kit.assignment import load
from graders.kit.written import FILE, WrittenAnswers
from graders.proof.marking import Marker
from graders.proof.mistakes import load_mistakes

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load(ROOT / "assignments" / "speech_hw4")
MARKER = Marker.load(ROOT / "graders" / "speech_hw4")
ANSWERS = (ROOT / "reference" / "speech_hw4" / FILE).read_text(encoding="utf-8")
PARTS = [part for part in tomllib.loads(ANSWERS) if part.startswith("q1.")]
MISTAKES = load_mistakes(ROOT / "graders" / "speech_hw4" / "mistakes" / "q1.toml")


def written(text: str) -> WrittenAnswers:
    return WrittenAnswers(ASSIGNMENT.folder, {FILE: text.encode()})


def test_six_systems_are_asked_for_in_three_ways() -> None:
    assert len(PARTS) == 18 and {part.rpartition("_")[2] for part in PARTS} == {"maker", "task", "method"}


@pytest.mark.parametrize("part", PARTS)
def test_the_reference_is_right_and_its_words_stand_in_both_handouts(part: str) -> None:
    answers = written(ANSWERS)
    assert MARKER.mark(answers, part).share == 1.0
    for language in ("en", "fa"):
        handout = (ASSIGNMENT.folder / f"handout.{language}.md").read_text(encoding="utf-8")
        section = handout.partition('<a id="q1-systems">')[2].partition("<a id=")[0]
        assert all(choice in section for choice in answers.parts[part].choices)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_each_wrong_choice_is_named(mistake: object) -> None:
    part, name, choice = (getattr(mistake, field) for field in ("part", "name", "formula"))
    result = MARKER.mark(written(f'["{part}"]\nanswer = "{choice}"'), part)
    assert (result.share, result.mistake) == (0.0, name)
    assert result.lesson


def test_each_aspect_has_a_known_mistake() -> None:
    assert {mistake.part.rpartition("_")[2] for mistake in MISTAKES} == {"maker", "task", "method"}


def test_a_word_of_nobody_cannot_be_read() -> None:
    assert written('["q1.segan_maker"]\nanswer = "Nobody"').problems
