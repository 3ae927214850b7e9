"""Your windows are centred one frame after the row that they belong to. Usually a padded array was indexed from the wrong
place: with context zeros in front, row t stands at t + context, and its window begins at t. The label then belongs to the
frame left of the middle.
"""


def offsets(context):
    return np.arange(-context, context + 1) + 1
