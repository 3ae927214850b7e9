"""You divide by the length of the longer text. That keeps the rate between 0 and 1, but it is another measure. WER divides by
the number of words of the reference alone, and may exceed 1 where more is heard than was said; capping it hides exactly the
recognisers that hallucinate.
"""


def corpus_rate(scores):
    longer = np.maximum(scores.lengths, scores.lengths - scores.deletions + scores.insertions)
    return float(scores.errors.sum() / longer.sum())


def mean_rate(scores):
    longer = np.maximum(scores.lengths, scores.lengths - scores.deletions + scores.insertions)
    return float((scores.errors / np.maximum(longer, 1)).mean())
