"""Eight functions of the kind that an assignment asks for."""

import numpy as np


def softmax(z):
    """Probabilities of the same shape as z."""
    shifted = np.exp(z - z.max())
    return shifted / shifted.sum()


def mse(output, target):
    """Mean squared error over all entries."""
    return np.mean((output - target) ** 2)


def bipolar(z):
    """The bipolar sigmoid."""
    return np.tanh(z / 2)


def slope(z):
    """The derivative of the bipolar sigmoid at z."""
    return 0.5 * (1 + bipolar(z)) * (1 - bipolar(z))


def relu(z):
    """The rectifier."""
    return np.maximum(z, 0)


def standardize(rows):
    """Zero mean and unit variance in each column of rows (N, D)."""
    return (rows - rows.mean(axis=0)) / rows.std(axis=0)


def one_hot(labels, n_classes):
    """Targets (N, n_classes) of labels (N,)."""
    return np.eye(n_classes)[labels]


def dense(x, weights, bias):
    """A layer: x (N, D), weights (D, H), bias (H,) to (N, H)."""
    return x @ weights + bias
