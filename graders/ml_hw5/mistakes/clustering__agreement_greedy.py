"""You match the pair with the largest overlap first, then the next, and so on. An early choice can spoil two later ones, so
the result may be too small. With at most six clusters simply try all renamings; with more, the Hungarian method finds the
best.
"""


def agreement(labels, truth):
    names, rows = np.unique(labels, return_inverse=True)
    classes, columns = np.unique(truth, return_inverse=True)
    table = np.zeros((len(names), len(classes)), dtype=int)
    np.add.at(table, (rows, columns), 1)
    hits = 0
    while table.size:
        row, column = np.unravel_index(table.argmax(), table.shape)
        hits += table[row, column]
        table = np.delete(np.delete(table, row, axis=0), column, axis=1)
    return float(hits / len(rows))
