"""Your D is the distance to the centre that was chosen last. D_i is the distance of point i to the *nearest* of all centres
so far; otherwise the third centre likes to fall right beside the first one. Take the minimum over the centres.
"""


def seeding_weights(points, centres, rule):
    squares = squared_distances(points, centres)
    weights = squares[:, -1] if rule == "k-means++" else (squares.min(axis=1) > 0).astype(float)
    return weights / weights.sum()
