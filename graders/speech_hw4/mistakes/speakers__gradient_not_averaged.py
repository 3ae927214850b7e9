"""Your loss is a mean over the clips but your gradient is the sum: it is N times too large. With 900 clips the learning
rate of 0.01 then works like 9, and the loss jumps up and down where it should glide. Finite differences of your own
loss show it at once. Divide the error by the number of clips.
"""

_loss_and_gradient = loss_and_gradient


def loss_and_gradient(model, x, labels):
    found = _loss_and_gradient(model, x, labels)
    return {**found, "W": found["W"] * len(labels), "b": found["b"] * len(labels)}
