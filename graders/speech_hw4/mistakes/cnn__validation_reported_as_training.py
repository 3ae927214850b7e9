"""Your training curves are the validation curves once more: loss and accuracy were measured on the same pictures. The gap between the
two pairs is what shows overfitting, and here there can be none. Measure the training curves on the training part.
"""

_teach = teach


def teach(*arguments):
    history = _teach(*arguments)
    return {**history, "loss": history["validation_loss"], "accuracy": history["validation_accuracy"]}
