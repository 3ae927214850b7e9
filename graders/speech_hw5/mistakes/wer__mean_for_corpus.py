"""Your `wer` is the mean of the utterances' own rates. That is a figure too, `mean_wer`, but another one: in it an utterance of
one word counts as much as one of twenty, so a few short utterances decide. Corpus WER adds up all errors and all reference
words first and divides once. Try ["one two three four", "five"] against ["one two three four", "six seven"]: 2/5, and not 1.
"""


def wer(references, hypotheses):
    return mean_wer(references, hypotheses)
