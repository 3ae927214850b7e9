"""You return the sum of the squared differences, without the root. As it stands DTW of equal-length series that need no
warping is the square of the Euclidean distance; the two could not be compared.
"""


def dtw(x, y):
    return float(accumulated(x, y)[-1][-1])
