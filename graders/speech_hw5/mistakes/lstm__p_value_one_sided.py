"""Your p-value looks at one side only: the chance that B is better by so much. Before the test nobody knew which would be better,
and you would have reported a difference the other way as well, so both sides count: twice as much.
"""


def compare_counts(hits_a, hits_b, n):
    pooled = (hits_a + hits_b) / (2 * n)
    if pooled in (0.0, 1.0):
        return 1.0
    return float(norm.sf(abs(hits_a - hits_b) / n / np.sqrt(pooled * (1 - pooled) * 2 / n)))
