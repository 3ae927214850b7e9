"""Your spherical k-means is the plain one: rows keep their lengths and distances are Euclid's. Then clusters collect rows
of equal loudness. Scale rows and centres to length 1, and J is the sum of 1 - cos.
"""


def spherical_kmeans(points, centres, max_iterations):
    return kmeans(points, centres, max_iterations)
