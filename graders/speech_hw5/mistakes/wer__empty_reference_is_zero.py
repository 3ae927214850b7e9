"""In the mean you count an utterance with an empty reference as 0, that is, as perfect, whatever was heard. An error rate
divides by the number of reference words; without any, the utterance has no rate, neither a good nor a bad one. Leave it out
of the mean, of the sum and of the number that you divide by.
"""


def mean_rate(scores):
    return float(np.where(scores.lengths > 0, scores.errors / np.maximum(scores.lengths, 1), 0).mean())
