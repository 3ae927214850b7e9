"""Rows and columns of your table are exchanged: the row is the true symbol, the column the one predicted. What is divided by
the sum of a row is otherwise the precision, and not the accuracy of a symbol.
"""

_confusion = confusion


def confusion(predicted, labels):
    return _confusion(predicted, labels).T
