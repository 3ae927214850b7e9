"""Your first weights have the deviation sqrt(1 / n_in). That is LeCun's rule, often sold as "Xavier". Glorot and Bengio's,
which Xavier is the first name of, looks both ways: sqrt(2 / (n_in + n_out)). For ReLU take He's sqrt(2 / n_in), since half of
the signal is cut off.
"""


def weight_scale(n_in, n_out, activation):
    return np.sqrt(1.0 / n_in)
