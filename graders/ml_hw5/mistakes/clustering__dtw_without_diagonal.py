"""Your table has no diagonal step: from each pair you go on in one of the series, never in both. Then even a series and
itself have a distance above 0. The cell before may be (i - 1, j), (i, j - 1) or (i - 1, j - 1).
"""


def accumulated(x, y):
    table = [[0.0] + [np.inf] * len(y)]
    for a in np.asarray(x, dtype=float).tolist():
        above, row = table[-1], [np.inf]
        for j, b in enumerate(np.asarray(y, dtype=float).tolist()):
            row.append((a - b) ** 2 + (above[j] if len(table) == 1 and j == 0 else min(above[j + 1], row[j])))
        table.append(row)
    return table


def dtw_path(x, y):
    table = accumulated(x, y)
    i, j = len(x), len(y)
    path = [(i - 1, j - 1)]
    while (i, j) != (1, 1):
        i, j = min(((i - 1, j), (i, j - 1)), key=lambda step: table[step[0]][step[1]])
        path.append((i - 1, j - 1))
    return np.array(path[::-1])
