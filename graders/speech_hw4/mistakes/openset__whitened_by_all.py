"""You whiten by the covariance of all clips around the common mean. That also takes out what makes the speakers differ,
the very directions that you need: after it all directions count the same. Use the covariance within speakers:
subtract from every clip its own speaker's mean first.
"""

_within_covariance = within_covariance


def within_covariance(x, labels, means):
    return _within_covariance(x, np.zeros(len(x), dtype=int), np.mean(x, axis=0, keepdims=True))
