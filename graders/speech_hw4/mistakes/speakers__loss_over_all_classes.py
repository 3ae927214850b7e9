"""Your loss is divided by the number of classes as well: the mean was taken over all entries of the matrix, most of
which are zero because only the right speaker's column counts. It is too small by a factor of C. Average over the
clips only; at zero weights the loss must be ln C.
"""

_loss_and_gradient = loss_and_gradient


def loss_and_gradient(model, x, labels):
    found = _loss_and_gradient(model, x, labels)
    return {**found, "loss": found["loss"] / len(model["b"])}
