"""Your targets for the bipolar network are 0 and 1. Its outputs lie in (-1, 1), so 0 is the middle of the sigmoid, not its
low end: nine of ten neurons are asked to stay undecided, and an output of 0.1 everywhere already has an MSE of 0.09. Use -1
for the wrong classes and +1 for the right one.
"""

_targets = targets


def targets(labels, n_classes, activation):
    return _targets(labels, n_classes, "relu")
