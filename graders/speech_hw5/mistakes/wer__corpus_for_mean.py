"""Your `mean_wer` is the corpus WER: it divides all errors by all words. The mean asks for a rate of each utterance first,
errors by reference words, and then for the mean of these rates. The two differ as soon as utterances differ in length. A
report has to say which it gives.
"""


def mean_wer(references, hypotheses):
    return wer(references, hypotheses)
