"""Your mean accuracy is the mean of the accuracies of the classes. It treats a class with five clips like one with fifty. The
handout asks for the share of all clips that was recognised.
"""


def mean_accuracy(labels, predictions):
    return float(np.mean([np.mean(np.asarray(predictions)[np.asarray(labels) == k] == k) for k in np.unique(labels)]))
