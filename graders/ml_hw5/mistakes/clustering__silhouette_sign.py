"""Your silhouette has its sign turned round: (a - b) / max(a, b). A well placed point has a small a and a large b and
should come near to +1.
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
        values[i] = (a - b) / max(a, b)
    return values
