"""Your layers compute a @ W without the bias. As long as all biases are zero, as at the start, nothing shows; after the first
update it does. Add b to the sum of every layer.
"""

_forward = forward


def forward(params, x, activation):
    return _forward([{"W": layer["W"], "b": np.zeros_like(layer["b"])} for layer in params], x, activation)
