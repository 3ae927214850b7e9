"""In the mean you count an utterance with an empty reference as 1 where anything was heard. That number is invented: an error
rate divides by the number of reference words, and there are none. Leave such utterances out of the mean; their insertions
show in the corpus WER.
"""


def mean_rate(scores):
    return float(np.where(scores.lengths > 0, scores.errors / np.maximum(scores.lengths, 1), scores.errors > 0).mean())
