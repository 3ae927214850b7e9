"""The border of your table is 0, so a path may begin anywhere and skip the first values of either series for nothing. A
warping path begins at (0, 0) and ends at (n - 1, m - 1). Fill the border with infinity, and only its corner with 0.
"""


def accumulated(x, y):
    table = [[0.0] * (len(y) + 1)]
    for a in np.asarray(x, dtype=float).tolist():
        above, row = table[-1], [0.0]
        for j, b in enumerate(np.asarray(y, dtype=float).tolist()):
            row.append((a - b) ** 2 + min(above[j], above[j + 1], row[j]))
        table.append(row)
    return table
