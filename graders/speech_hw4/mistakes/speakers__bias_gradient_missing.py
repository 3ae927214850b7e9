"""Your gradient by the biases is zero, so they stay where they began. The model then cannot learn that one speaker is
more frequent than another. The bias is the weight of an input that is always 1, so its gradient is the sum over the
clips of the error that W gets multiplied by x.
"""

_loss_and_gradient = loss_and_gradient


def loss_and_gradient(model, x, labels):
    found = _loss_and_gradient(model, x, labels)
    return {**found, "b": np.zeros_like(found["b"])}
