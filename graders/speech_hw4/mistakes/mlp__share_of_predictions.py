"""Your accuracy per class divides the hits by how often the class was predicted. That is the precision. The accuracy of a
class asks: of all the clips that really are a 3, how many were recognised? Divide by the number of clips with that label.
"""

_per_class_accuracy = per_class_accuracy


def per_class_accuracy(labels, predictions, n_classes):
    return _per_class_accuracy(predictions, labels, n_classes)
