"""Your class numbers follow the order of a set. A set of strings has no order of its own: Python mixes it anew in every
run, so the number 3 is one speaker today and another tomorrow, and a saved model or confusion matrix loses its names.
Run the program twice to see it. Sort the names before you number them.
"""


def class_ids(names):
    classes = list(set(names))
    return classes, np.array([classes.index(name) for name in names])
