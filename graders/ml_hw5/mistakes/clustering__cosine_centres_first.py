"""You take the means off x and y before the cosine. That is Pearson's correlation. The cosine ignores the scale of a vector
but not its offset; to ignore both may be what you want for a time series, but it is another distance, and should be called
so.
"""


def cosine_distance(x, y):
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    return float(1 - unit(x - x.mean()) @ unit(y - y.mean()))
