"""Your weight of a point is the sum of its squared distances to all centres so far. So a point right beside a centre can
still weigh a lot, only because other centres are far away. k-means++ counts the distance to the nearest centre alone:
minimum over the centres, not sum.
"""


def seeding_weights(points, centres, rule):
    squares = squared_distances(points, centres)
    weights = squares.sum(axis=1) if rule == "k-means++" else (squares.min(axis=1) > 0).astype(float)
    return weights / weights.sum()
