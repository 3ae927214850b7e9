"""You made one step of width 13, shape (1, 13). The reading in question has thirteen steps of width 1, shape (13, 1): the
coefficients take the place of time. That is what is wrong with it, and what you are asked to see.
"""


def coefficients_as_steps(sequence):
    return time_mean(sequence)[None, :]
