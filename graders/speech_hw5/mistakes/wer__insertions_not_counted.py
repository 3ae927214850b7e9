"""Your error rate counts substitutions and deletions only. Inserted words are errors as well: without them a recogniser that
writes every word of the language, one of which must be right, would be perfect. "yes" against "oh yes yes" has two errors.
Count S + D + I.
"""


def corpus_rate(scores):
    return float((scores.substitutions + scores.deletions).sum() / scores.lengths.sum())


def mean_rate(scores):
    spoken = scores.lengths > 0
    missed = scores.substitutions + scores.deletions
    return float((missed[spoken] / scores.lengths[spoken]).mean())
