"""You divide by b. The silhouette divides by the larger of a and b, so that it stays in [-1, 1]; where a point is nearer to
another cluster, a is the larger one, and your values fall below -1.
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
        b = min(distances[i, labels == other].mean() for other in set(labels.tolist()) - {own})
        values[i] = (b - a) / b
    return values
