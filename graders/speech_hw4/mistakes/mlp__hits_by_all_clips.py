"""Your accuracy per class divides the hits by the number of all clips, so that ten perfect classes come out as 0.1 each.
Divide by the number of clips with that label.
"""


def per_class_accuracy(labels, predictions, n_classes):
    labels, predictions = np.asarray(labels), np.asarray(predictions)
    return np.bincount(labels[labels == predictions], minlength=n_classes) / len(labels)
