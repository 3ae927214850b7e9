"""Your validation curves are computed on the tracks that were learned from. They say how much the network remembers, and can only
rise; whether it has understood anything shows on tracks that it has not met. Use the fourth and fifth arguments of `train`.
"""

_train = train


def train(name, inputs, labels, validation_inputs, validation_labels, **how):
    return _train(name, inputs, labels, inputs, labels, **how)
