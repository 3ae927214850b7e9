"""Your targets for the ReLU network are -1 and +1. The handout asks for 0 and 1 there; -1 and +1 belong to the bipolar
sigmoid.
"""

_targets = targets


def targets(labels, n_classes, activation):
    return _targets(labels, n_classes, "bipolar")
