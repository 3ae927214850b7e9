"""Your biases never move: their gradient is zero or they are left out of the update. The derivative of L by a bias is the
error of its neuron, delta: a bias is a weight whose input is always 1.
"""

_gradients = gradients


def gradients(params, x, target, activation):
    return [{"W": layer["W"], "b": np.zeros_like(layer["b"])} for layer in _gradients(params, x, target, activation)]


def learn(params, x, target, activation, learning_rate):
    passed = forward(params, x, activation)
    deltas = error_signals(params, passed, target, activation)
    for layer, a, delta in zip(params, [x, *passed["a"][:-1]], deltas, strict=True):
        layer["W"] -= a[:, None] * (learning_rate * delta)
    return passed["a"][-1]
