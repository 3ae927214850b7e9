"""A point alone in its cluster gets 1 from you, since its a is 0. There is nothing to average, so by definition its
silhouette is 0; otherwise the best clustering would be the one in which every point is alone.
"""


def silhouette(points, labels):
    labels = np.asarray(labels)
    distances = np.sqrt(squared_distances(points, points))
    values = np.zeros(len(labels))
    for i, own in enumerate(labels):
        friends = (labels == own) & (np.arange(len(labels)) != i)
        if not friends.any():
            values[i] = 1.0
            continue
        a = distances[i, friends].mean()
        b = min(distances[i, labels == other].mean() for other in set(labels.tolist()) - {own})
        values[i] = (b - a) / max(a, b)
    return values
