"""Your J is the mean over the points, the course's J is their sum. Within one data set that is only a factor, but the
identities of question 6.1 and comparisons with other people's numbers need the same J. Do not divide by n.
"""


def cost(points, labels, centres):
    return float(((np.asarray(points, dtype=float) - np.asarray(centres, dtype=float)[labels]) ** 2).sum(axis=1).mean())
