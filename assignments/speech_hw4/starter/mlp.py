"""Speech HW4, question 2: a multi-layer perceptron and its back-propagation, by hand. NumPy only.

Fill in the functions; keep their names and arguments. You may add functions of your own. The handout defines every term.

params: list of layers [{"W": (n_in, n_out), "b": (n_out,)}, ...], first hidden layer first.
activation: "bipolar" (bipolar sigmoid on hidden and output neurons) or "relu" (ReLU on hidden neurons, linear output).
"""

import numpy as np


def bipolar(z):
    """Bipolar sigmoid of z, elementwise. z: array of any shape, the value BEFORE the activation. Returns the same shape."""
    raise NotImplementedError("bipolar is yours to write: see the handout, section q2-activations")


def bipolar_derivative(z):
    """Derivative of the bipolar sigmoid at z, elementwise. z: the value BEFORE the activation. Returns the same shape."""
    raise NotImplementedError("bipolar_derivative is yours to write: see the handout, section q2-activations")


def relu(z):
    """ReLU of z, elementwise. Returns the same shape."""
    raise NotImplementedError("relu is yours to write: see the handout, section q2-activations")


def relu_derivative(z):
    """Derivative of ReLU at z, elementwise. z: the value BEFORE the activation. Returns the same shape."""
    raise NotImplementedError("relu_derivative is yours to write: see the handout, section q2-activations")


def layer_sizes(n_inputs, n_outputs, design):
    """Widths of all layers, input and output included, as a list of int.

    design: "one", "two_equal", "two_wide" or "two_narrow".
    """
    raise NotImplementedError("layer_sizes is yours to write: see the handout, section q2-sizes")


def count_parameters(sizes):
    """Number of weights and biases of a network of these widths, as an int."""
    raise NotImplementedError("count_parameters is yours to write: see the handout, section q2-sizes")


def initialize(sizes, activation, seed):
    """Random weights and zero biases for these widths. The same seed gives the same network. Returns params."""
    raise NotImplementedError("initialize is yours to write: see the handout, section q2-initialize")


def targets(labels, n_classes, activation):
    """What the outputs should be. labels: (N,) int. Returns (N, n_classes)."""
    raise NotImplementedError("targets is yours to write: see the handout, section q2-targets")


def forward(params, x, activation):
    """Run one sample through the network. x: (n_in,).

    Returns {"z": [z_1, ..., z_L], "a": [a_1, ..., a_L]}: before and after the activation of each layer; the input is not in it.
    """
    raise NotImplementedError("forward is yours to write: see the handout, section q2-forward")


def softmax(z):
    """Shares that add up to 1 along the last axis. z: (n_classes,) or (N, n_classes). Returns the same shape."""
    raise NotImplementedError("softmax is yours to write: see the handout, section q2-decision")


def mse(output, target):
    """Mean squared error over all entries, as a float. output, target: same shape."""
    raise NotImplementedError("mse is yours to write: see the handout, section q2-curve")


def gradients(params, x, target, activation):
    """Gradient of L = 1/2 sum (a_L - target)^2 for one sample. x: (n_in,). target: (n_out,).

    Returns a list in the shape of params: [{"W": dL/dW, "b": dL/db}, ...].
    """
    raise NotImplementedError("gradients is yours to write: see the handout, section q2-backprop")


def sgd_step(params, x, target, activation, learning_rate):
    """One step against the gradient of one sample. Returns the new params."""
    raise NotImplementedError("sgd_step is yours to write: see the handout, section q2-online")


def train(inputs, labels, design, activation, epochs, learning_rate, seed):
    """Online gradient descent. inputs: (N, D). labels: (N,) int, 0 to 9.

    Returns {"params": params, "mse": [one float per epoch], "accuracy": [one float per epoch]}.
    """
    raise NotImplementedError("train is yours to write: see the handout, section q2-online")


def predict(params, inputs, activation):
    """Recognised classes. inputs: (N, D). Returns (N,) int."""
    raise NotImplementedError("predict is yours to write: see the handout, section q2-decision")


def per_class_accuracy(labels, predictions, n_classes):
    """For each class, the share of its clips that was recognised. labels, predictions: (N,) int. Returns (n_classes,)."""
    raise NotImplementedError("per_class_accuracy is yours to write: see the handout, section q2-accuracy")


def mean_accuracy(labels, predictions):
    """Share of all clips that was recognised, as a float. labels, predictions: (N,) int."""
    raise NotImplementedError("mean_accuracy is yours to write: see the handout, section q2-accuracy")
