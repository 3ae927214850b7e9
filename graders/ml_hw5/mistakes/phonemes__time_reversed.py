"""Your windows run backwards: the first frame of a row is the latest. A network that learns so will also work so, but rows
from others do not fit yours. Begin with the earliest frame, row - context.
"""


def offsets(context):
    return np.arange(context, -context - 1, -1)
