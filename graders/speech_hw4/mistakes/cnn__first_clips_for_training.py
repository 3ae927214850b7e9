"""You take the first clips for training and the last ones for testing. Collections are sorted by genre, so the test part is made of
genres that the network has never met. Draw from every genre, by the seed, and keep artists together.
"""


def split(labels, groups, test_share, seed):
    n_train = round((1 - test_share) * len(labels))
    return np.arange(len(labels)) >= n_train
