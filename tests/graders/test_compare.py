"""The comparison that every check rests on."""

from __future__ import annotations

import numpy as np
import pytest

from graders.kit.compare import Difference, shown
from graders.kit.compare import difference as compared


def difference(got: object, wanted: object) -> str:
    """The full text of the difference, "" where there is none."""
    found = compared(got, wanted)
    return found.text if found else ""


WANTED = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])


@pytest.mark.parametrize(
    "got",
    [WANTED, WANTED.astype(np.float32), WANTED.tolist(), WANTED + 1e-5, WANTED.astype(int), np.asfortranarray(WANTED)],
)
def test_equal_answers_pass(got: object) -> None:
    assert difference(got, WANTED) == ""


@pytest.mark.parametrize(
    ("got", "says"),
    [
        (WANTED.T, "has shape (3, 2), wanted (2, 3); it looks transposed"),
        (WANTED + np.eye(2, 3), "the answer[0, 0] is 2, wanted 1; 2 of 6 entries differ"),
        (WANTED * np.nan, "no finite number"),
        (WANTED * np.inf, "no finite number"),
        (WANTED[:1], "has shape (1, 3)"),
        (WANTED + 0j, "these are complex"),
        (None, "None (does the function end in a return?), wanted an array of shape (2, 3)"),
        ("text", "a string"),
        ([[1.0, 2.0], [3.0]], "no rectangular block of numbers"),
        ({"W": 1}, "a dictionary"),
    ],
)
def test_wrong_answers_say_what_is_wrong(got: object, says: str) -> None:
    assert says in difference(got, WANTED)


def test_texts_are_aligned_word_by_word() -> None:
    said = difference("a loud cat sit on mat today", "a cat sat on the mat today")
    assert said.endswith("word by word: a {+loud+} cat sat→sit on [-the-] mat today")
    assert "word by word" not in difference("dog", "cat") and "word by word" not in difference("", "a cat")
    assert difference(7, "a cat") == "the answer is 7, wanted 'a cat'"
    brief = compared("a bat", "a cat")
    assert brief is not None and "bat" not in brief.brief and "cat" not in brief.brief


def test_tolerance_is_relative_to_the_largest_entry() -> None:
    wanted = np.array([1e6, 1e-3])
    assert difference(np.array([1e6, 50.0]), wanted) == ""
    assert difference(np.array([1e6, 150.0]), wanted)
    assert difference(np.array([1e-12]), np.array([0.0])) == ""
    assert difference(np.array([1e-3]), np.array([0.0]))


def test_nan_is_right_only_where_it_is_wanted() -> None:
    wanted = np.array([np.nan, np.inf, 1.0])
    assert difference(wanted.copy(), wanted) == ""
    assert difference(np.array([0.0, np.inf, 1.0]), wanted) != ""
    assert difference(np.array([np.nan, 1.0, 1.0]), wanted) != ""
    assert difference(np.array([np.nan, -np.inf, 1.0]), wanted) != ""


def test_structures() -> None:
    wanted = [{"W": np.ones((2, 2)), "b": np.zeros(2)}, {"W": np.ones((2, 1)), "b": np.zeros(1)}]
    right = tuple({"W": np.ones((2, 2)).tolist(), "b": [0, 0], "extra": 1} if i == 0 else layer for i, layer in enumerate(wanted))
    assert difference(right, wanted) == ""
    assert "has 1 items, wanted 2" in difference(wanted[:1], wanted)
    assert "the answer[1] lacks 'b'" in difference([wanted[0], {"W": np.ones((2, 1))}], wanted)
    assert "the answer[0]['b'][1]" in difference([{"W": np.ones((2, 2)), "b": np.array([0.0, 1.0])}, wanted[1]], wanted)
    assert difference(3, wanted)
    assert difference([], []) == ""
    assert difference("a", "a") == "" and difference("a", "b") and difference(b"a", "a")
    assert difference(None, None) == "" and difference(0, None)
    assert difference(True, 1) == "" and difference(2.0, 2) == "" and difference(np.float32(0.5), 0.5) == ""


@pytest.mark.parametrize(
    "got",
    [WANTED + 123.456, WANTED * np.nan, {"s3cret": 1}, "s3cret", np.zeros((123, 456)), [0.0] * 123456, [[123.0], [456.0, 1.0]]],
)
def test_the_brief_text_holds_nothing_of_the_student(got: object) -> None:
    """A hidden check shows it; hidden inputs must not leave through it."""
    found = compared(got, WANTED)
    assert isinstance(found, Difference)
    assert not any(part in found.brief for part in ("123", "456", "s3cret"))
    nested = compared({"a": got, "s3cret": got}, {"a": WANTED, "b": 1})
    assert nested and "s3cret" not in nested.brief and "s3cret" in nested.text


def test_structures_of_arrays_are_shown_leaf_by_leaf() -> None:
    layers = [{"W": np.ones((2, 3)), "b": np.zeros(3)}] * 2
    assert shown(layers).splitlines()[1] == "[0]['b']: array of shape (3,), float64: [0., 0., 0.]"
    assert len(shown(layers * 50).splitlines()) == 9


def test_shown_is_short() -> None:
    assert shown(np.arange(1000.0)).startswith("array of shape (1000,), float64: [0., 1.")
    assert len(shown("x" * 10_000)) <= 300
    assert len(shown([["x" * 100] * 50] * 50)) <= 300
    assert shown(0.1 + 0.2) == "0.3"
