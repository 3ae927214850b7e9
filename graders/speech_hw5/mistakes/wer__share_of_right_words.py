"""You return the share of words that are right. WER is the share of errors: 0 is perfect, and large is bad. It is not one minus
your figure either, since inserted words are errors that no reference word shows.
"""


def corpus_rate(scores):
    return float(scores.hits.sum() / scores.lengths.sum())


def mean_rate(scores):
    spoken = scores.lengths > 0
    return float((scores.hits[spoken] / scores.lengths[spoken]).mean())
