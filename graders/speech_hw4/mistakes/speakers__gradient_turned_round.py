"""Your gradient points downhill: it is target minus probability, where the slope of the loss is probability minus
target. Minus the learning rate times that climbs the loss. Two such signs can cancel each other in a training, and
then break as soon as somebody uses the function for another optimiser. Compare with finite differences: the sign must
agree.
"""

_loss_and_gradient = loss_and_gradient


def loss_and_gradient(model, x, labels):
    found = _loss_and_gradient(model, x, labels)
    return {**found, "W": -found["W"], "b": -found["b"]}
