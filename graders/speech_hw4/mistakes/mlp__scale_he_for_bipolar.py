"""Your bipolar weights have He's deviation sqrt(2 / n_in), which is made for ReLU. For sigmoids take Glorot and Bengio's
sqrt(2 / (n_in + n_out)).
"""


def weight_scale(n_in, n_out, activation):
    return np.sqrt(2.0 / n_in)
