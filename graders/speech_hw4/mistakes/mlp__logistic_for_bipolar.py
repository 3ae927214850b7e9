"""Your sigmoid has values in (0, 1): that is the logistic one. The bipolar sigmoid is twice that minus one, 2 / (1 + exp(-z))
- 1, with values in (-1, 1) and 0 at z = 0.
"""


def bipolar(z):
    return 0.5 * (1 + np.tanh(np.asarray(z, dtype=float) / 2))
