"""Your seeding does not look at the rule: "k-means++" starts are uniform too. Then both columns of your comparison show the
same thing, and k-means++ seems to bring nothing. Ask for the weights by the rule that was passed.
"""


def seeding(points, draws, rule):
    points = np.asarray(points, dtype=float)
    chosen = [draw(np.full(len(points), 1 / len(points)), draws[0])]
    for u in draws[1:]:
        chosen.append(draw(seeding_weights(points, points[chosen], "uniform"), u))
    return points[chosen]
