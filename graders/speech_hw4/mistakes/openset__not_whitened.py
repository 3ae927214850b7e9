"""Your cosines are taken between the rows as they are, without whitening. Columns that vary strongly within one speaker,
and columns that say the same twice, then decide the angle. Measure how clips scatter around their own speaker's mean,
and take that out with S^(-1/2) before you compare directions.
"""


def inverse_root(matrix):
    return np.eye(len(matrix))
