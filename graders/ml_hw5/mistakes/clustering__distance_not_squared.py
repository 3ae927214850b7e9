"""Your seeding weighs points by D, their distance to the nearest centre so far. k-means++ weighs by D^2: that is the share
of J that a point has now, and the bound E[J] <= 8 (ln k + 2) J* rests on it. With D points near a centre are still chosen
too often.
"""


def seeding_weights(points, centres, rule):
    nearest = squared_distances(points, centres).min(axis=1)
    weights = np.sqrt(nearest) if rule == "k-means++" else (nearest > 0).astype(float)
    return weights / weights.sum()
