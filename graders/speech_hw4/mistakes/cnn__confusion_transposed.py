"""Your matrix has the predicted class in the rows and the true one in the columns. Its row sums are then how often a class was named,
and what you call precision is recall. The handout has row i for clips that are of class i: the row sums are the supports.
"""

_confusion = confusion


def confusion(true, predicted, n_classes):
    return _confusion(true, predicted, n_classes).T
