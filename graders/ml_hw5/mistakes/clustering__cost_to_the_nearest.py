"""Your J takes the distance to the *nearest* centre, whatever the labels say. J(labels, centres) is a function of both;
only so can one see that the assignment lowers it for fixed centres and the update for fixed labels. Use the centre of the
point's own label.
"""


def cost(points, labels, centres):
    return float(squared_distances(points, centres).min(axis=1).sum())
