"""The normalisers: planted spellings, properties, and each step switched off."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graders.kit.loading import CodeFolder

TEXT = CodeFolder.read(Path(__file__).parents[2] / "reference" / "speech_hw5").load("normalize")
STEPS = [field.name for field in fields(TEXT.Steps)]

PLANTED = [  # the step that it needs, the text, the normalised text
    ("compatibility", "ﻻله ｗ", "لاله w"),
    ("letters", "كتابي علي موسى مدرسة أبر إمضا ٱلله", "کتابی علی موسی مدرسه ابر امضا الله"),
    ("heh_with_hamza", "خانۀ ما", "خانه ما"),
    ("marks", "مُحَمَّد ســلام \ufeffالف\u200f", "محمد سلام الف"),
    ("digits", "۱۲ و ٣٤", "12 و 34"),
    ("punctuation", "«سلام»،دنیا! ۵٪", "سلام دنیا 5"),
    ("half_spaces", "می\u200cروم", "می روم"),
    ("spaces", "  الف \t\n ب ", "الف ب"),
]

LETTERS = "ابپآأإٱيىكةۀهەئؤـًٌٍَُِّْٰٓٔٱ۱۲٣٤5،؛؟«»٪.-'_+\u200c\u200d\u200e\u202b\u2067\ufeffe\u0301ﻻﷲ½ｆA가\u1100\u1161İ \n\t"
ANYTHING = st.text(st.sampled_from(LETTERS) | st.characters(exclude_categories=["Cs"]), max_size=14)


@pytest.mark.parametrize(("step", "text", "wanted"), PLANTED)
def test_each_step_does_its_work_and_none_does_anothers(step: str, text: str, wanted: str) -> None:
    assert TEXT.normalize(text) == wanted
    assert TEXT.normalize(text, replace(TEXT.ALL, **{step: False})) != wanted
    for other in set(STEPS) - {step, "spaces"}:
        if step != "punctuation" or other != "digits":  # its example has a digit
            assert TEXT.normalize(text, replace(TEXT.ALL, **{other: False})) == wanted, other


def test_every_step_has_an_example() -> None:
    assert [step for step, _, _ in PLANTED] == STEPS


@settings(max_examples=600, deadline=None)
@given(ANYTHING)
@example("e\u0653\u0301")
@example("\u1100\u064b\u1161")
@example("ه\u064e\u0654")
@example("ا\u200d\u0653")
def test_twice_is_as_once(text: str) -> None:
    for normalize in TEXT.NORMALIZERS.values():
        once = normalize(text)
        assert normalize(once) == once
        assert once == once.strip() and "  " not in once


@settings(max_examples=200, deadline=None)
@given(ANYTHING)
def test_nothing_switched_on_changes_nothing(text: str) -> None:
    assert TEXT.normalize(text, TEXT.Steps(*[False] * len(STEPS))) == text


def test_letters_that_differ_in_sound_stay_apart() -> None:
    assert TEXT.normalize("آب") != TEXT.normalize("اب")
    assert TEXT.normalize("\u0627\u0653ب") == TEXT.normalize("آب")  # alef and a madda of its own
    assert TEXT.normalize("مسئول") == "مسئول"
    assert TEXT.normalize("خانه\u0654") == TEXT.normalize("خانۀ") == TEXT.normalize("خانه")


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "I'm sure we can't; they won't, it's John\u2019s!", "i am sure we can not they will not its johns"),
        ("en", "Let's go - cannot\u200b stop...", "let us go can not\u200b stop"),
        ("zh", "你好，世界！ Whisper 模型１２", "你 好 世 界 whisper 模 型 12"),
        ("fa", "", ""),
    ],
)
def test_languages(language: str, text: str, wanted: str) -> None:
    assert TEXT.NORMALIZERS[language](text) == wanted


def test_the_version_is_named() -> None:
    assert TEXT.VERSION.startswith("fa-")
