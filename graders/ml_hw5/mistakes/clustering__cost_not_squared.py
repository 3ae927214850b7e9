"""Your J adds up distances, not their squares. k-means lowers the sum of squares; the sum of plain distances has another
best centre (the geometric median), and with means it may rise. Leave out the root.
"""


def cost(points, labels, centres):
    squares = ((np.asarray(points, dtype=float) - np.asarray(centres, dtype=float)[labels]) ** 2).sum(axis=1)
    return float(np.sqrt(squares).sum())
