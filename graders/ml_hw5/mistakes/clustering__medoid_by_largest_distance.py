"""Your medoid has the smallest *largest* distance. That is the centre of the smallest ball, and one outlier decides it. The
medoid has the smallest sum of distances to all others.
"""


def medoid(distances):
    return int(np.asarray(distances).max(axis=1).argmin())
