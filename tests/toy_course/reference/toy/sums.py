"""The staff's solution."""

import numpy as np


def total(values):
    return sum(values)


def row_means(matrix):
    return np.asarray(matrix).mean(axis=1)


def score():
    return 1.0
