"""Your history holds J after the update with the labels from before it. The handout's entry of an iteration is J after its
update *and* its assignment, so that the last entry belongs to the labels and centres that you return.
"""


def kmeans(points, centres, max_iterations):
    labels = assign(points, centres)
    costs = [cost(points, labels, centres)]
    for _ in range(max_iterations):
        before = labels
        centres = update(points, labels, centres)
        costs.append(cost(points, before, centres))
        labels = assign(points, centres)
        if np.array_equal(labels, before):
            break
    return {"labels": labels, "centres": centres, "costs": costs}
