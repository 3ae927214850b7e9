"""Your b averages over all points outside of the own cluster. It is the mean distance to the points of *one* other cluster,
the nearest one: take the mean for each cluster, then the smallest. Far clusters say nothing about whether a point stands
between two neighbours.
"""


def silhouette(points, labels):
    labels = np.asarray(labels)
    distances = np.sqrt(squared_distances(points, points))
    values = np.zeros(len(labels))
    for i, own in enumerate(labels):
        friends = (labels == own) & (np.arange(len(labels)) != i)
        if not friends.any():
            values[i] = 0.0
            continue
        a = distances[i, friends].mean()
        b = distances[i, labels != own].mean()
        values[i] = (b - a) / max(a, b)
    return values
