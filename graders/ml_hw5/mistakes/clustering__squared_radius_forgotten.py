"""You compare squared distances with eps. Either take the root of the squares, or compare with eps^2; as it is, radii above
1 act as smaller ones and radii below 1 as larger ones.
"""


def neighbourhoods(points, eps):
    return squared_distances(points, points) <= eps
