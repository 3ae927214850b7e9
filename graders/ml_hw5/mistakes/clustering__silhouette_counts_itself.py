"""Your a averages over all points of the own cluster, the point itself included. Its distance to itself is 0 and makes
every cluster look tighter than it is, small ones most. Divide the sum by the number of the *other* points, n - 1.
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
        a = distances[i, labels == own].mean()
        b = min(distances[i, labels == other].mean() for other in set(labels.tolist()) - {own})
        values[i] = (b - a) / max(a, b)
    return values
