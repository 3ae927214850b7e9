"""Your verdict is that the number of clusters never rises with the radius. It does: noise turns into new clusters first, so
their number goes *up*, and only later clusters merge and it goes down. Whoever compares the first radius with the last, or
takes it for granted that a larger eps means fewer clusters, does not see it; compare each radius with the one before. Only
noise falls at every step (for a fixed min_pts), since what is within reach of a core point stays so.
"""


def never_rises(values):
    return bool(values[-1] <= values[0])
