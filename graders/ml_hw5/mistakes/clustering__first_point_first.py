"""Your first centre is always point 0. The first centre is drawn uniformly among all points, by the first of the draws;
otherwise every restart begins at the same place, and the order of the file decides.
"""


def seeding(points, draws, rule):
    points = np.asarray(points, dtype=float)
    chosen = [0]
    for u in draws[1:]:
        chosen.append(draw(seeding_weights(points, points[chosen], rule), u))
    return points[chosen]
