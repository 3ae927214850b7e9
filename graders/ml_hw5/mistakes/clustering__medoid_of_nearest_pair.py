"""Your medoid is the one with the nearest neighbour. Two twins at the edge would win. Add up each one's distances to *all*
others and take the smallest sum.
"""


def medoid(distances):
    table = np.asarray(distances, dtype=float)
    return int((table + np.diag(np.full(len(table), np.inf))).min(axis=1).argmin())
