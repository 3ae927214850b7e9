"""You put one series into a new order and leave the other. Of course every distance changes then: values at different times
are compared. The question is whether a distance knows about time at all, and for that *both* series get the same order:
Euclid and cosine stay exactly as they were, only DTW changes. So Euclid is as blind to order as the cosine.
"""


def permutation_change(x, y, order):
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    known = {"euclidean": euclidean, "cosine": cosine_distance, "dtw": dtw}
    return {name: abs(distance(x[order], y) - distance(x, y)) for name, distance in known.items()}
