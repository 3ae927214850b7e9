"""The reference's error rates against jiwer, against a plain dynamic programme, and against values that one can work out by hand."""

from __future__ import annotations

from pathlib import Path

import jiwer
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.kit.loading import CodeFolder

WER = CodeFolder.read(Path(__file__).parents[2] / "reference" / "speech_hw5").load("wer")
NUMPY = CodeFolder.read(Path(__file__).parents[2] / "reference" / "speech_hw5", forbidden=["rapidfuzz"]).load("wer")

WORDS = st.lists(st.sampled_from(["سلام", "دنیا", "a", "b", "A"]), max_size=7)
SPOKEN = st.lists(st.sampled_from(["سلام", "دنیا", "a", "b", "A"]), min_size=1, max_size=7)
CORPUS = st.lists(st.tuples(SPOKEN.map(" ".join), WORDS.map(" ".join)), min_size=1, max_size=6)


def plain(reference: list[str], hypothesis: list[str]) -> tuple[int, int, int, int]:
    """(errors, S, D, I) of the best alignment, by a table of tuples: the fewest errors, then the fewest substitutions."""
    row = [(j, 0, 0, j) for j in range(len(hypothesis) + 1)]
    for i, word in enumerate(reference, start=1):
        above, row = row, [(i, 0, i, 0)]
        for j, heard in enumerate(hypothesis, start=1):
            e, s, d, n = above[j - 1]
            diagonal = (e, s, d, n) if word == heard else (e + 1, s + 1, d, n)
            e, s, d, n = above[j]
            delete = (e + 1, s, d + 1, n)
            e, s, d, n = row[j - 1]
            row.append(min(diagonal, delete, (e + 1, s, d, n + 1)))
    return row[-1]


def test_both_engines_are_at_hand() -> None:
    assert WER.Levenshtein is not None and NUMPY.Levenshtein is None


@pytest.mark.parametrize("module", [WER, NUMPY], ids=["rapidfuzz", "numpy"])
@settings(max_examples=150, deadline=None)
@given(corpus=CORPUS)
def test_rates_are_those_of_jiwer_and_counts_those_of_the_plain_table(module: object, corpus: list[tuple[str, str]]) -> None:
    references, hypotheses = (list(side) for side in zip(*corpus, strict=True))
    scores = module.score(references, hypotheses)  # type: ignore[attr-defined]
    table = np.array([plain(one.split(), other.split()) for one, other in corpus])
    wanted = jiwer.process_words(references, hypotheses)
    assert module.wer(references, hypotheses) == pytest.approx(wanted.wer)  # type: ignore[attr-defined]
    rates = [jiwer.wer(*pair) for pair in corpus]
    assert module.mean_wer(references, hypotheses) == pytest.approx(np.mean(rates))  # type: ignore[attr-defined]
    assert module.cer(references, hypotheses) == pytest.approx(jiwer.cer(references, hypotheses))  # type: ignore[attr-defined]
    found = np.stack([scores.errors, scores.substitutions, scores.deletions, scores.insertions], axis=1)
    assert (found == table).all()
    assert scores.total["hits"] >= wanted.hits  # jiwer breaks ties as it comes, here they go to the most hits
    assert (scores.lengths == scores.hits + scores.substitutions + scores.deletions).all()


@settings(max_examples=150, deadline=None)
@given(spoken=WORDS, heard=WORDS)
def test_an_alignment_is_made_of_both_texts_and_of_the_counted_errors(spoken: list[str], heard: list[str]) -> None:
    steps = WER.align(" ".join(spoken), " ".join(heard))
    assert [word for kind, word, _ in steps if kind != "insert"] == spoken
    assert [word for kind, _, word in steps if kind != "delete"] == heard
    assert all((one == other) == (kind == "equal") for kind, one, other in steps)
    kinds = [kind for kind, _, _ in steps]
    found = {"hits": "equal", "substitutions": "substitute", "deletions": "delete", "insertions": "insert"}
    assert WER.counts(" ".join(spoken), " ".join(heard)) == {name: kinds.count(kind) for name, kind in found.items()}


@pytest.mark.parametrize("module", [WER, NUMPY], ids=["rapidfuzz", "numpy"])
def test_a_thousand_utterances_of_any_length_agree_with_the_plain_table(module: object) -> None:
    rng = np.random.default_rng(3)
    texts = [[str(word) for word in rng.integers(12, size=rng.integers(0, 25))] for _ in range(2400)]
    references, hypotheses = texts[:1200], texts[1200:]
    found = module.costs(references, hypotheses)  # type: ignore[attr-defined]
    table = [plain(one, other) for one, other in zip(references, hypotheses, strict=True)]
    assert found.tolist() == [module.EDIT * row[0] + row[1] for row in table]  # type: ignore[attr-defined]


def test_silence_counts_in_the_corpus_rate_and_not_in_the_mean() -> None:
    assert WER.wer(["", "a b"], ["x", "a"]) == 1.0
    assert WER.mean_wer(["", "a b"], ["x", "a"]) == 0.5
    assert WER.wer(["yes"], ["oh yes yes"]) == 2.0  # above 1


@pytest.mark.parametrize("rate", [WER.wer, WER.mean_wer, WER.cer])
def test_what_cannot_be_scored_is_said(rate: object) -> None:
    with pytest.raises(ValueError, match="hold no word"):
        rate(["", " "], ["a", "b"])  # type: ignore[operator]
    with pytest.raises(ValueError, match="hold no word"):
        rate([], [])  # type: ignore[operator]
    with pytest.raises(ValueError, match="2 references and 1 hypotheses"):
        rate(["a", "b"], ["a"])  # type: ignore[operator]
    with pytest.raises(ValueError, match="wanted a list"):
        rate("a b", "a b")  # type: ignore[operator]


# Spaces forgiven


def best_joined(reference: tuple[str, ...], hypothesis: tuple[str, ...]) -> int:
    """The fewest errors where any two stretches of words with the same letters are equal, by trying everything."""
    if not reference or not hypothesis:
        return len(reference) + len(hypothesis)
    ways = [best_joined(reference[1:], hypothesis) + 1, best_joined(reference, hypothesis[1:]) + 1]
    ways.append(best_joined(reference[1:], hypothesis[1:]) + 1)
    for k in range(1, len(reference) + 1):
        for m in range(1, len(hypothesis) + 1):
            if "".join(reference[:k]) == "".join(hypothesis[:m]):
                ways.append(best_joined(reference[k:], hypothesis[m:]))
    return min(ways)


PIECES = st.lists(st.sampled_from(["a", "b", "aa", "ab", "ba", "aba"]), max_size=4)


@settings(max_examples=200, deadline=None)
@given(spoken=PIECES, heard=PIECES)
def test_rejoined_words_leave_the_fewest_errors(spoken: list[str], heard: list[str]) -> None:
    joined = WER.rejoin(" ".join(spoken), " ".join(heard))
    assert joined.replace(" ", "") == "".join(heard)
    assert plain(spoken, joined.split())[0] <= best_joined(tuple(spoken), tuple(heard)) <= plain(spoken, heard)[0]


@settings(max_examples=100, deadline=None)
@given(spoken=SPOKEN, cuts=st.lists(st.booleans(), min_size=60, max_size=60))
def test_texts_that_differ_in_spaces_alone_have_no_merged_error(spoken: list[str], cuts: list[bool]) -> None:
    letters = "".join(spoken)
    heard = "".join(letter + " " * cut for letter, cut in zip(letters, cuts, strict=False))
    assert WER.merged_wer([" ".join(spoken)], [heard]) == 0


def test_merged_wer_forgives_spaces_and_nothing_else() -> None:
    references, hypotheses = ["کتاب خانه های بزرگ", "می روم"], ["کتابخانه های بزرگی", "میروم خانه"]
    assert WER.merged_wer(references, hypotheses) == 2 / 6
    assert WER.wer(references, hypotheses) == 5 / 6


def test_each_step_of_the_normaliser_is_worth_what_was_planted() -> None:
    references = ["كتاب خوب", "سال ۱۲", "آب سرد"]
    hypotheses = ["کتاب خوب.", "سال 12", "اب سرد"]
    rows = {row["without"]: row["wer"] for row in WER.ablation(references, hypotheses)}
    assert rows[""] == pytest.approx(1 / 6)  # آب is not اب
    assert rows["letters"] == rows["digits"] == rows["punctuation"] == pytest.approx(2 / 6)
    assert rows["half_spaces"] == rows["marks"] == pytest.approx(1 / 6)
    assert rows["everything"] == pytest.approx(4 / 6)
    assert next(iter(rows)) == "" and len(rows) == 10


def test_what_is_no_text_is_named() -> None:
    for sides, said in (
        (([None], ["a"]), "reference 0 is of type NoneType"),
        ((["a", "b"], ["a", 3.0]), "hypothesis 1 is of type float"),
    ):
        with pytest.raises(ValueError, match=said):
            WER.wer(*sides)
