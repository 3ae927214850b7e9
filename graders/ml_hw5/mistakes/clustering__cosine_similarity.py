"""You return the cosine itself, which is *largest* for equal directions. A distance is 0 there: return 1 - cos. With the
cosine as a distance every nearest neighbour becomes the most different one.
"""


def cosine_distance(x, y):
    return float(unit(x) @ unit(y))
