"""In the corpus WER you leave out utterances whose reference is empty. What a recogniser writes on silence is made up, and each
such word is an insertion; leaving them out hides hallucinations. Add their insertions to the errors; to N they add nothing.
(Only in `mean_wer` are they left out, since they have no rate of their own.)
"""


def corpus_rate(scores):
    return float(scores.errors[scores.lengths > 0].sum() / scores.lengths.sum())
