"""Your mean and deviation come from both parts together, as when the scaler is fitted before the split. So the training has seen
something of the tracks that it is to be judged on. Split first, then measure on the training part alone.
"""


def standardize(train, other):
    train, other = np.asarray(train, dtype=float), np.asarray(other, dtype=float)
    mean, std = statistics(np.concatenate([train, other]))
    return (train - mean) / std, (other - mean) / std
