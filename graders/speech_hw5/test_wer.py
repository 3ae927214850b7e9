"""Hidden checks of question 3's word error rate: every function against the reference on random Persian and English text."""

from __future__ import annotations

import numpy as np

from graders.kit import check, same
from graders.kit.compare import difference
from graders.kit.proxy import Proxy
from graders.speech_hw5.texts import corpus, letters_respelled, misheard, respelled, words, words_respelled

RTOL = 1e-6  # rates are ratios of whole numbers, and two different mistakes may come close to each other


@check("q3.counts")
def test_counts(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Hits, substitutions, deletions and insertions of random utterances, of empty ones, and where alignments tie."""
    for length, rate in ((12, 0.1), (9, 0.2), (14, 0.15)):
        spoken = words(rng, length)
        same(student.wer.counts, right.wer.counts, " ".join(spoken), " ".join(misheard(rng, spoken, rate)))
    spoken = [f"w{number}" for number in range(8)]
    same(student.wer.counts, right.wer.counts, "  ".join(spoken), "\t".join([*spoken[2:], "x", "W3"]) + " ")
    same(student.wer.counts, right.wer.counts, "w0 w1 w2 w3 w4 w5", "w0 w2 x w3 w5 y")  # two places where alignments tie
    same(student.wer.counts, right.wer.counts, "", "x y")
    same(student.wer.counts, right.wer.counts, "x y", "")


@check("q3.wer")
def test_wer(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Corpus WER of random test sets: long and short utterances, an empty reference, an empty and an endless hypothesis."""
    same(student.wer.wer, right.wer.wer, *corpus(rng, 50), rtol=RTOL)
    same(student.wer.wer, right.wer.wer, *corpus(rng, 80), rtol=RTOL)
    same(student.wer.wer, right.wer.wer, ["yes", "no"], ["yes yes yes yes", "oh no no no"])  # above 1


@check("q3.mean_wer")
def test_mean_wer(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Mean WER of random test sets; an utterance without reference words is left out."""
    same(student.wer.mean_wer, right.wer.mean_wer, *corpus(rng, 50), rtol=RTOL)
    same(student.wer.mean_wer, right.wer.mean_wer, *corpus(rng, 80), rtol=RTOL)


@check("q3.cer")
def test_cer(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Corpus CER of random test sets; one space between two words is a character, white space at the ends is none."""
    same(student.wer.cer, right.wer.cer, *corpus(rng, 20), rtol=RTOL)
    same(student.wer.cer, right.wer.cer, *corpus(rng, 25), rtol=RTOL)


@check("q3.letters")
def test_letters(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Letters in one way of writing: Arabic and Persian ones, ۀ, آ, short vowels, tatweel, invisible marks, presentation forms."""
    for _ in range(4):
        same(student.normalize.normalize, right.normalize.normalize, letters_respelled(rng))


@check("q3.spacing")
def test_spacing(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Words in one way of writing: digits, punctuation, half-spaces and white space."""
    for _ in range(4):
        same(student.normalize.normalize, right.normalize.normalize, words_respelled(rng))


@check("q3.normalized_wer")
def test_normalized_wer(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Corpus WER after both sides went through `normalize`. A slip in `normalize` or `wer` itself costs points only there."""
    references, hypotheses = corpus(rng, 12, loose=False)
    references, hypotheses = respelled(rng, references), respelled(rng, hypotheses)
    sides = [[student.normalize.normalize(text) for text in side] for side in (references, hypotheses)]
    got = student.wer.normalized_wer(references, hypotheses)
    own = student.wer.wer(*sides)
    wrong = [student.wer.wer(*pair) for pair in ((references, hypotheses), (references, sides[1]), (sides[0], hypotheses))]
    tells_apart = (
        all(isinstance(value, float) and abs(value - own) > 1e-6 for value in wrong) if isinstance(own, float) else False
    )
    if not (tells_apart and not difference(got, own)):
        same(student.wer.normalized_wer, right.wer.normalized_wer, references, hypotheses)
