"""Your number of iterations is one too large. The history of J begins with the given centres, before any iteration; it has
one entry more than there were iterations.
"""

_restarts = restarts


def restarts(points, draws, rule):
    found = _restarts(points, draws, rule)
    return {**found, "iterations": found["iterations"] + 1}
