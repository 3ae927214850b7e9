"""In the mean you divide by max(N, 1), so an utterance without reference words gets as many hundred per cent as words were
heard. It has no rate at all: there is nothing to divide by. Leave it out of the mean; its insertions show in the corpus WER.
"""


def mean_rate(scores):
    return float((scores.errors / np.maximum(scores.lengths, 1)).mean())
