"""You deal tracks at random, so most artists have tracks in both parts. Then the network is paid for recognising the artist, the
studio or even the same recording, and accuracy is too good for what it can do with new music (GTZAN is known for it). Deal
artists, each with all tracks.
"""


def split(groups, share, seed):
    order = np.random.default_rng(seed).permutation(len(groups))
    return np.isin(np.arange(len(groups)), order[: max(1, round(share * len(groups)))])
