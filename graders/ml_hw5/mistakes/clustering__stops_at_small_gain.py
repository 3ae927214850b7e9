"""Your k-means stops as soon as J falls by less than one per cent. J often falls slowly for a while and then fast again,
when a centre has crept to the border of another heap. There are finitely many partitions, so wait until no label changes
any more.
"""


def kmeans(points, centres, max_iterations):
    labels = assign(points, centres)
    costs = [cost(points, labels, centres)]
    for _ in range(max_iterations):
        centres = update(points, labels, centres)
        labels = assign(points, centres)
        costs.append(cost(points, labels, centres))
        if costs[-2] - costs[-1] < 0.01 * costs[-2]:
            break
    return {"labels": labels, "centres": centres, "costs": costs}
