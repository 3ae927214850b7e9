"""Each of your clusters takes the most frequent class in it, so that several clusters may take the same class. This is the
purity; it rises to 1 as soon as every point has a cluster of its own. A renaming is one to one: a class once taken is gone.
"""


def agreement(labels, truth):
    names, rows = np.unique(labels, return_inverse=True)
    classes, columns = np.unique(truth, return_inverse=True)
    table = np.zeros((len(names), len(classes)), dtype=int)
    np.add.at(table, (rows, columns), 1)
    return float(table.max(axis=1).sum() / len(rows))
