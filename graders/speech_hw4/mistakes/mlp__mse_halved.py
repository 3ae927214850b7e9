"""Your MSE is half of the mean squared difference. The factor 1/2 belongs to the loss that is differentiated, where it
cancels the 2 of the square; the reported MSE has none.
"""


def mse(output, target):
    return float(np.mean((np.asarray(output, dtype=float) - np.asarray(target, dtype=float)) ** 2) / 2)
