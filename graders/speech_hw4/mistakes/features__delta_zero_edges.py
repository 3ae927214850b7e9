"""Your slopes treat the frames before the beginning and after the end as zeros. That makes a cliff at both ends, and for a
short digit the ends are a good part of the whole. Repeat the first and the last frame instead: a constant must have slope 0
everywhere.
"""


def delta(features):
    features = np.asarray(features, dtype=float)
    padded = np.pad(features, ((2, 2), (0, 0)))
    return (padded[3:-1] - padded[1:-3] + 2 * (padded[4:] - padded[:-4])) / 10
