"""You standardise each part by its own mean and deviation. A test part of one speaker then looks just like a test part
of another, since what sets them apart, their mean, is taken out; and a single clip becomes all zeros. The model has
learned what 1.5 means on the training part's scale. Keep that mean and deviation and use them for every later clip.
"""

_standardize = standardize


def standardize(train, other):
    return _standardize(train, other)[0], _standardize(other, other)[0]
