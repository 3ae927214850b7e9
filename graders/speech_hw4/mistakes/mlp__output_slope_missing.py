"""Your output error is a - t, without the slope f'(z) of the output neuron. That short form is right for softmax with
cross-entropy, where the slope cancels. The loss here is the squared error and the output neuron is a bipolar sigmoid, so the
chain rule leaves (a - t) f'(z). The error of every lower layer inherits the slip. Do not judge it by accuracy: the wrong
gradient often trains faster. Compare with finite differences.
"""

_slope = slope


def slope(z, activation, is_output):
    return np.ones_like(z) if is_output else _slope(z, activation, is_output)
