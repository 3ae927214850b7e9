"""You test B's share against A's as if A's were known for certain. Both were measured on n tracks and both scatter: the variance
of the difference is the sum of two, 2 p (1 - p) / n with the pooled share p. Your p-values are too small.
"""


def compare_counts(hits_a, hits_b, n):
    share = (hits_a + hits_b) / (2 * n)
    if share in (0.0, 1.0):
        return 1.0
    return float(2 * norm.sf(abs(hits_a - hits_b) / n / np.sqrt(share * (1 - share) / n)))
