"""Your targets are shifted by one class: the label k marks column k - 1, as if the classes were numbered from 1. Label 0
then wraps round to the last column. Training runs and the loss falls, but every answer names the neighbour, so that
the confusion matrix has its large numbers beside the diagonal. Classes are numbered from 0 here: the target of label
k is 1 in column k.
"""

_loss_and_gradient = loss_and_gradient


def loss_and_gradient(model, x, labels):
    return _loss_and_gradient(model, x, np.asarray(labels) - 1)
