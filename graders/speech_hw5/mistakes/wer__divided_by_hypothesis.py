"""You divide the errors by the number of words of the hypothesis. N is the number of words of the reference, which is what was
said and stays the same for every recogniser. With your divisor a recogniser that babbles looks better, since it makes N
larger itself: "yes" against "oh yes yes" has two errors in one word, 200 %, and not 67 %.
"""


def corpus_rate(scores):
    heard = scores.lengths - scores.deletions + scores.insertions
    return float(scores.errors.sum() / heard.sum())


def mean_rate(scores):
    heard = scores.lengths - scores.deletions + scores.insertions
    kept = heard > 0
    return float((scores.errors[kept] / heard[kept]).mean())
