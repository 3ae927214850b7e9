"""You divide by (standard deviation + a tiny number), also in columns that are constant in the training part. There the tiny
number is all that is left, so a clip that differs at all gets values in the millions: padding columns do that as soon as an
unseen clip is longer than all of the training part. Divide by 1 where the deviation is 0.
"""


def standardize(train, other):
    train, other = np.asarray(train, dtype=float), np.asarray(other, dtype=float)
    mean, std = train.mean(axis=0), train.std(axis=0) + 1e-8
    return (train - mean) / std, (other - mean) / std
