"""Your mean and standard deviation are measured on both parts together. So the test clips have had a say in how the training
clips look: a leak, small here but a habit that spoils results. Measure on the training part alone.
"""

_standardize = standardize


def standardize(train, other):
    both = np.concatenate([train, other])
    scaled = _standardize(both, both)[0]
    return scaled[: len(train)], scaled[len(train) :]
