"""You split clip by clip, so that an artist has clips in both parts. The network is then examined on voices and studios that it
has learned, and the accuracy is too good. Draw artists, not clips, and give all clips of an artist to one part.
"""


def split(labels, groups, test_share, seed):
    labels = np.asarray(labels)
    rng = np.random.default_rng(seed)
    is_test = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        is_test[rng.permutation(own)[: round(test_share * len(own))]] = True
    return is_test
