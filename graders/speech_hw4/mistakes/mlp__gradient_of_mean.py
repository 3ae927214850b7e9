"""Your gradient is that of the mean squared error: it has the extra factor 2 / n, with n outputs. The loss of the handout is
L = 1/2 sum (a - t)^2, whose derivative by a is just a - t. A factor is not wrong in itself, but it changes the learning rate
by a factor of five, so that the asked-for 0.001 means something else.
"""

_error_signals = error_signals


def error_signals(params, passed, target, activation):
    return [2.0 / len(target) * delta for delta in _error_signals(params, passed, target, activation)]
