"""Your bipolar network ends in plain sums. The handout puts the bipolar sigmoid on the output neurons too; only the ReLU
network has a linear output.
"""

_activate, _slope = activate, slope


def activate(z, activation, is_output):
    return z if is_output else _activate(z, activation, is_output)


def slope(z, activation, is_output):
    return np.ones_like(z) if is_output else _slope(z, activation, is_output)
