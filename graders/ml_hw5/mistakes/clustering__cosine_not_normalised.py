"""Your cosine distance is 1 minus the plain dot product. Divide by both lengths; otherwise a longer vector seems nearer,
and the distance can become negative. Twice the vector must have the same distance to everything.
"""


def cosine_distance(x, y):
    return float(1 - np.asarray(x, dtype=float) @ np.asarray(y, dtype=float))
