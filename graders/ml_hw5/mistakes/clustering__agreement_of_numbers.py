"""You compare the numbers of the clusters as they are. These numbers mean nothing: a clustering with 0 and 1 exchanged is
the same clustering. Try every one-to-one renaming and take the one with the most hits.
"""


def agreement(labels, truth):
    return float(np.mean(np.asarray(labels) == np.asarray(truth)))
