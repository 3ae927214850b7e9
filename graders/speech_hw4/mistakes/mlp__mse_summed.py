"""Your MSE is the sum of the squared differences. The M stands for mean: divide by the number of entries, so that the curve
does not depend on how many clips or outputs there are.
"""


def mse(output, target):
    return float(np.sum((np.asarray(output, dtype=float) - np.asarray(target, dtype=float)) ** 2))
