"""Your silhouette uses squared distances. J does, the silhouette does not: a and b are means of plain Euclidean distances.
Squares make every value look more certain than it is.
"""


def silhouette(points, labels):
    labels = np.asarray(labels)
    distances = squared_distances(points, points)
    values = np.zeros(len(labels))
    for i, own in enumerate(labels):
        friends = (labels == own) & (np.arange(len(labels)) != i)
        if not friends.any():
            values[i] = 0.0
            continue
        a = distances[i, friends].mean()
        b = min(distances[i, labels == other].mean() for other in set(labels.tolist()) - {own})
        values[i] = (b - a) / max(a, b)
    return values
