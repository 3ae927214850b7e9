"""For each series you average the values tied to a point first, and then the series. Each *value* that a path ties to the
point counts the same: add up all of them and divide by their number. Only so is the new point the best one for the paths at
hand.
"""


def barycentre(series, start, iterations):
    average = np.asarray(start, dtype=float)
    for _ in range(iterations):
        rows = []
        for one in series:
            i, j = dtw_path(average, one).T
            rows.append(np.bincount(i, weights=np.asarray(one, dtype=float)[j]) / np.bincount(i))
        average = np.mean(rows, axis=0)
    return average
