"""Your spherical k-means leaves the mean of unit vectors as it is. It is shorter than 1, the more the wider the cluster
spreads; measured by the dot product such a centre loses points that are nearest in direction. Scale each centre to length 1
after the update.
"""


def spherical_kmeans(points, centres, max_iterations):
    points, centres = unit(points), unit(centres)

    def judge():
        likeness = points @ centres.T
        labels = likeness.argmax(axis=1)
        return labels, float((1 - likeness[np.arange(len(points)), labels]).sum())

    labels, first = judge()
    costs = [first]
    for _ in range(max_iterations):
        before = labels
        centres = update(points, labels, centres)
        labels, now = judge()
        costs.append(now)
        if np.array_equal(labels, before):
            break
    return {"labels": labels, "centres": centres, "costs": costs}
