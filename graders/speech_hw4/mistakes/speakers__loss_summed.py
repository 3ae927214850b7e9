"""Your loss is the sum over the clips, not the mean. It grows with the number of clips, so losses of a training and a
validation part cannot be compared, and it no longer belongs to your gradient, which is that of the mean. At zero
weights the mean is ln C, 1.609 for five speakers: a figure worth remembering.
"""

_loss_and_gradient = loss_and_gradient


def loss_and_gradient(model, x, labels):
    found = _loss_and_gradient(model, x, labels)
    return {**found, "loss": found["loss"] * len(labels)}
