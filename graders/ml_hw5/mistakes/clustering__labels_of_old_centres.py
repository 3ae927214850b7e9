"""The labels that you return belong to the centres before the last update. While nothing changes any more that is the same,
but stopped early it is not: a point may then carry the label of a centre that is no longer its nearest. An iteration is an
update, then an assignment.
"""


def kmeans(points, centres, max_iterations):
    labels = assign(points, centres)
    costs = [cost(points, labels, centres)]
    for _ in range(max_iterations):
        before = labels
        centres = update(points, labels, centres)
        labels = assign(points, centres)
        costs.append(cost(points, labels, centres))
        if np.array_equal(labels, before):
            break
    return {"labels": before, "centres": centres, "costs": costs}
