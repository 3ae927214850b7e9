"""Speech HW5, question 3: the word error rate. NumPy and the standard library only.

Fill in the functions; keep their names and arguments. You may add functions of your own. The handout defines every term.
references, hypotheses: two lists of str, of the same length and in the same order.
"""

from normalize import normalize


def counts(reference, hypothesis):
    """What happened to the words of one utterance, by its best alignment.

    reference, hypothesis: str. Returns {"hits": int, "substitutions": int, "deletions": int, "insertions": int}.
    """
    raise NotImplementedError("counts is yours to write: see the handout, section q3-counts")


def wer(references, hypotheses):
    """Corpus WER, a float: all errors over all reference words."""
    raise NotImplementedError("wer is yours to write: see the handout, section q3-wer")


def mean_wer(references, hypotheses):
    """Mean WER, a float: the mean of the utterances' own error rates."""
    raise NotImplementedError("mean_wer is yours to write: see the handout, section q3-wer")


def cer(references, hypotheses):
    """Corpus CER, a float: the same as `wer` with characters for words."""
    raise NotImplementedError("cer is yours to write: see the handout, section q3-wer")


def normalized_wer(references, hypotheses):
    """Corpus WER, a float, of texts that are normalised first."""
    raise NotImplementedError("normalized_wer is yours to write: see the handout, section q3-normalize")
