"""Points at a distance of exactly eps are no neighbours in your DBSCAN. The neighbourhood is closed: distance <= eps. With
real numbers that seldom matters, on a grid or with counts it always does.
"""


def neighbourhoods(points, eps):
    near = np.sqrt(squared_distances(points, points)) < eps
    return near | np.eye(len(near), dtype=bool)
