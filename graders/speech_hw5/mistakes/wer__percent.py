"""Your rate is in per cent. The handout asks for the fraction (S + D + I) / N: 0.3 for three errors in ten words. Multiply by
100 when you write your report, and write the sign.
"""

_corpus_rate, _mean_rate = corpus_rate, mean_rate


def corpus_rate(scores):
    return 100 * _corpus_rate(scores)


def mean_rate(scores):
    return 100 * _mean_rate(scores)
