"""Speech HW4, question 2: a multi-layer perceptron and its back-propagation, by hand.

One sample is one row vector. Layer l with n_in inputs and n_out neurons computes

    z = a_before @ W + b        W (n_in, n_out), b (n_out,)
    a = f(z)

A network is a list of layers, [{"W": ..., "b": ...}, ...]. `activation` is "bipolar" (hidden and output neurons are bipolar
sigmoids, targets -1 and +1) or "relu" (hidden neurons are ReLU, the output is linear, targets 0 and 1). The loss of one
sample is L = 1/2 sum (a - t)^2, and learning is online: one sample, one update.
"""

from itertools import pairwise

import numpy as np

N_CLASSES = 10  # the digits 0 to 9


# Activations: f and its slope, both as functions of z, the value before the activation.


def bipolar(z):
    """Bipolar sigmoid 2 / (1 + exp(-z)) - 1, in (-1, 1). It equals tanh(z / 2), which cannot overflow."""
    return np.tanh(np.asarray(z, dtype=float) / 2)


def bipolar_derivative(z):
    """f'(z) = (1 + f)(1 - f) / 2 with f = f(z): 1/2 at zero, next to nothing where the neuron is saturated."""
    f = bipolar(z)
    return 0.5 * (1 + f) * (1 - f)


def relu(z):
    """max(z, 0)."""
    return np.maximum(np.asarray(z, dtype=float), 0.0)


def relu_derivative(z):
    """1 where z > 0, else 0."""
    return (np.asarray(z) > 0).astype(float)


def activate(z, activation, is_output):
    """The activations of one layer. A ReLU network ends in plain sums: a ReLU there could go silent for a whole class."""
    if activation == "bipolar":
        return bipolar(z)
    return z if is_output else relu(z)


def slope(z, activation, is_output):
    """Derivative of `activate` with respect to z."""
    if activation == "bipolar":
        return bipolar_derivative(z)
    return np.ones_like(z) if is_output else relu_derivative(z)


# Shape and start of a network.


def layer_sizes(n_inputs, n_outputs, design):
    """Widths from input to output for the designs of the assignment; fractions are rounded down.

    "one": one hidden layer, as wide as the mean of input and output. "two_equal": that layer twice. "two_wide": 2/3 and 1/2
    of the input. "two_narrow": 1/2 and 1/3 of the input.
    """
    middle = (n_inputs + n_outputs) // 2
    hidden = {
        "one": [middle],
        "two_equal": [middle, middle],
        "two_wide": [2 * n_inputs // 3, n_inputs // 2],
        "two_narrow": [n_inputs // 2, n_inputs // 3],
    }
    return [n_inputs, *hidden[design], n_outputs]


def count_parameters(sizes):
    """Weights and biases of a network of these widths."""
    return sum(n_in * n_out + n_out for n_in, n_out in pairwise(sizes))


def weight_scale(n_in, n_out, activation):
    """Standard deviation of the first weights of a layer, chosen so that signals stay equally large from layer to layer.

    Glorot and Bengio (2010): sqrt(2 / (n_in + n_out)) for sigmoids, a compromise between the way forward and the way back.
    He et al. (2015): sqrt(2 / n_in) for ReLU, which throws half of the signal away.
    """
    return np.sqrt(2.0 / n_in) if activation == "relu" else np.sqrt(2.0 / (n_in + n_out))


def initialize(sizes, activation, seed):
    """Random weights, zero biases: widths -> params."""
    rng = np.random.default_rng(seed)
    params = []
    for n_in, n_out in pairwise(sizes):
        weights = rng.normal(0.0, weight_scale(n_in, n_out, activation), size=(n_in, n_out))
        params.append({"W": weights, "b": np.zeros(n_out)})
    return params


def targets(labels, n_classes, activation):
    """What the outputs should be: (N,) labels -> (N, n_classes); the wrong classes get -1 (bipolar) or 0 (relu), the right 1."""
    labels = np.asarray(labels, dtype=int)
    wanted = np.full((len(labels), n_classes), -1.0 if activation == "bipolar" else 0.0)
    wanted[np.arange(len(labels)), labels] = 1.0
    return wanted


# One sample forward and back.


def forward(params, x, activation):
    """Run one sample (n_in,) through the network: {"z": [z_1 .. z_L], "a": [a_1 .. a_L]}; a_L is the output."""
    zs, outputs = [], []
    a = np.asarray(x, dtype=float)
    for number, layer in enumerate(params, start=1):
        z = a @ layer["W"] + layer["b"]  # (n_in,) @ (n_in, n_out) -> (n_out,)
        a = activate(z, activation, is_output=number == len(params))
        zs.append(z)
        outputs.append(a)
    return {"z": zs, "a": outputs}


def softmax(z):
    """Turn scores into shares that add up to 1 along the last axis; the largest score is taken off first, so exp cannot overflow."""
    z = np.asarray(z, dtype=float)
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def mse(output, target):
    """Mean of the squared differences over all entries."""
    return float(np.mean((np.asarray(output, dtype=float) - np.asarray(target, dtype=float)) ** 2))


def error_signals(params, passed, target, activation):
    """delta_l = dL/dz_l for every layer, from the last to the first: list of (n_l,), in the order of the layers.

    At the output, dL/da = a - t, times the slope of the output neuron. One layer down, an error comes back through the same
    weights that carried the signal up (hence W, transposed) and then through the slope at that layer's own z.
    """
    zs, last = passed["z"], len(params) - 1
    delta = (passed["a"][-1] - target) * slope(zs[-1], activation, is_output=True)
    deltas = [delta]
    for number in range(last, 0, -1):
        delta = (params[number]["W"] @ delta) * slope(zs[number - 1], activation, is_output=False)  # (n_in, n_out) @ (n_out,)
        deltas.insert(0, delta)
    return deltas


def gradients(params, x, target, activation):
    """Gradient of L = 1/2 sum (a - t)^2 for one sample, in the shape of `params`.

    A weight joins one input to one neuron, so its gradient is (that input) times (that neuron's error): an outer product.
    """
    passed = forward(params, x, activation)
    deltas = error_signals(params, passed, target, activation)
    inputs = [np.asarray(x, dtype=float), *passed["a"][:-1]]
    return [{"W": np.outer(a, delta), "b": delta} for a, delta in zip(inputs, deltas, strict=True)]


def sgd_step(params, x, target, activation, learning_rate):
    """The network after one step against the gradient of one sample; `params` itself stays as it was."""
    return [
        {name: layer[name] - learning_rate * gradient[name] for name in layer}
        for layer, gradient in zip(params, gradients(params, x, target, activation), strict=True)
    ]


# Learning and judging.


def train(inputs, labels, design, activation, epochs, learning_rate, seed):
    """A new network, taught: (N, D), (N,) -> {"params", "mse": one per epoch, "accuracy": one per epoch}."""
    sizes = layer_sizes(np.shape(inputs)[1], N_CLASSES, design)
    return fit(initialize(sizes, activation, seed), inputs, labels, activation, epochs, learning_rate, seed)


def fit(params, inputs, labels, activation, epochs, learning_rate, seed):
    """Online gradient descent from `params`, which change in place.

    Each epoch visits every sample once in a new random order. MSE and accuracy are those met on the way: each sample is judged
    by the network just before it learns from that sample.
    """
    inputs, labels = np.asarray(inputs, dtype=float), np.asarray(labels, dtype=int)
    wanted = targets(labels, N_CLASSES, activation)  # (N, 10)
    order_rng = np.random.default_rng([seed, 1])  # a stream of its own, apart from the one of the weights
    history = {"mse": [], "accuracy": []}
    for _ in range(epochs):
        outputs = np.empty_like(wanted)  # (N, 10), each row as it was when its sample came
        for i in order_rng.permutation(len(inputs)):
            outputs[i] = learn(params, inputs[i], wanted[i], activation, learning_rate)
        history["mse"].append(mse(outputs, wanted))
        history["accuracy"].append(mean_accuracy(labels, outputs.argmax(axis=1)))
    return {"params": params, **history}


def learn(params, x, target, activation, learning_rate):
    """`sgd_step` in place, for the inner loop: changes `params` and returns the output before the change, (n_out,)."""
    passed = forward(params, x, activation)
    deltas = error_signals(params, passed, target, activation)  # all of them before any weight moves
    for layer, a, delta in zip(params, [x, *passed["a"][:-1]], deltas, strict=True):
        layer["W"] -= a[:, None] * (learning_rate * delta)  # (n_in, 1) * (n_out,) -> (n_in, n_out)
        layer["b"] -= learning_rate * delta
    return passed["a"][-1]


def predict(params, inputs, activation):
    """The class of the largest softmax share: (N, D) -> (N,) int."""
    outputs = np.stack([forward(params, x, activation)["a"][-1] for x in np.asarray(inputs)])  # (N, n_classes)
    return softmax(outputs).argmax(axis=1)


def per_class_accuracy(labels, predictions, n_classes):
    """Of the clips of each class, the share that was recognised: (n_classes,); 0 for a class without clips."""
    labels, predictions = np.asarray(labels), np.asarray(predictions)
    clips = np.bincount(labels, minlength=n_classes)
    hits = np.bincount(labels[labels == predictions], minlength=n_classes)
    return hits / np.maximum(clips, 1)


def mean_accuracy(labels, predictions):
    """Of all clips, the share that was recognised. With classes of different size, not the mean of `per_class_accuracy`."""
    return float(np.mean(np.asarray(labels) == np.asarray(predictions)))
