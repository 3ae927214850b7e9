"""Your seeding always takes the point farthest from the centres so far. k-means++ *draws*, with probability D^2 / sum D^2.
The farthest point is often an outlier, and this rule takes it for certain; many points at middle distance together weigh
more. Find the first point at which the running sum of the probabilities exceeds the draw.
"""


def seeding(points, draws, rule):
    points = np.asarray(points, dtype=float)
    chosen = [draw(np.full(len(points), 1 / len(points)), draws[0])]
    for u in draws[1:]:
        weights = seeding_weights(points, points[chosen], rule)
        chosen.append(int(weights.argmax()) if rule == "k-means++" else draw(weights, u))
    return points[chosen]
