"""Names that come with records, and that a page in another language has its own words for: titles of benchmarks, metrics, curves.

They reach a page through the filter `translated`; one that is not here, of a benchmark added since, stays as it is.
"""

from __future__ import annotations


def gettext(text: str) -> str:
    """Mark a text for the catalogues."""
    return text


TITLES = (
    gettext("Seeds trained together against one at a time: how many times faster per seed"),
    gettext("Where k-means starts: uniform, by distance, by squared distance (ML HW5, question 6)"),
    gettext("Spoken digits, unseen speakers: ten perceptrons as asked, put right, and as handed in (speech HW4, question 2)"),
    gettext("Distances between Gaussians: closed form, quadrature, sampling (speech HW5, question 1)"),
    gettext("Feature extraction: a pool of processes against one, and the second run against the first"),
    gettext("Written answers: how many times faster than plain sympy.simplify they are judged"),
    gettext("An epoch over frames with context: windows gathered on the device against a per-frame Python data set (ML HW5, 4)"),
    gettext("Genres, artists not heard before: LSTM, BiLSTM and CNN (speech HW5, question 4; speech HW4, question 3)"),
    gettext("Grading a class in sandboxes: how many times faster than a fresh unprotected process each"),
    gettext("KAN against an MLP of equal size, on exp(sin(pi a) + b^2) (speech HW5, question 1)"),
    gettext("Phonemes by frame, voices not heard before: how much context helps (ML HW5, question 4)"),
    gettext("A report of many runs: from records to a page, in a process of its own"),
    gettext("Five speakers by logistic regression: features and splits (speech HW4, question 4)"),
    gettext("Word errors: how many times faster than a table in plain Python the course's scorer is"),
    gettext("Persian by Whisper before and after fine-tuning, by size, and by a CTC recogniser (speech HW5, question 3)"),
)
METRICS = (
    gettext("accuracy"),
    gettext("validation accuracy"),
    gettext("loss"),
    gettext("validation loss"),
    gettext("WER"),
    gettext("validation WER"),
    gettext("RMSE"),
    gettext("ratio"),
    gettext("speedup"),
    gettext("seconds"),
    gettext("over best"),
    gettext("relative error"),
    gettext("substitutions"),
    gettext("deletions"),
    gettext("insertions"),
    gettext("mean WER"),
    gettext("merged WER"),
    gettext("CER"),
    gettext("general: language identification"),
    gettext("general: fa WER"),
    gettext("general: en WER"),
    gettext("general: zh CER"),
    gettext("general: zh to en WER"),
    gettext("largest gap"),
    gettext("share of matmul limit"),
    gettext("matmul gflops"),
    gettext("bandwidth gb s"),
    gettext("epoch s"),
)
"""As `text.words` writes the names that tasks give them."""
