"""Your confusion matrix has the answers in the rows and the truth in the columns. Rows are the true speakers here, as in
scikit-learn; in a transposed table precision is read where recall stands. Test it with one wrong clip: truth 0,
answer 1 belongs to row 0, column 1.
"""

_confusion_matrix = confusion_matrix


def confusion_matrix(labels, predictions, n_classes):
    return _confusion_matrix(labels, predictions, n_classes).T
