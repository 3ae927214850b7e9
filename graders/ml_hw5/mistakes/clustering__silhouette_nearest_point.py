"""Your b is the distance to the nearest point of another cluster. Take the mean distance to all points of each other
cluster, and of these means the smallest; one stray point should not decide.
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
        b = distances[i, labels != own].min()
        values[i] = (b - a) / max(a, b)
    return values
