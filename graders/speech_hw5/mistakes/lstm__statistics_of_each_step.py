"""You standardise every time step by itself (the mean over the tracks only). That takes out what all tracks do in the same
moment, which in music is chance, and ties the scale to the length of the tracks. A coefficient means the same at any time:
average over tracks and frames.
"""


def standardize(train, other):
    train, other = np.asarray(train, dtype=float), np.asarray(other, dtype=float)
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(std > CONSTANT_STD, std, 1.0)
    return (train - mean) / std, (other - mean) / std
