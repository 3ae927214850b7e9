"""You draw the test recordings from the recordings of all speakers together. Then chance decides how many each speaker
has, and one with few recordings may have none in the test part, or none left to train on. Its recall means nothing.
Draw separately for each speaker: the share of that speaker's recordings, at least one.
"""


def split_by_recording(speakers, recordings, share, seed):
    names = sorted(set(recordings))
    order = np.random.default_rng(seed).permutation(len(names))
    testing = {names[place] for place in order[: int(share * len(names) + 0.5)]}
    is_test = np.array([recording in testing for recording in recordings])
    return np.flatnonzero(~is_test), np.flatnonzero(is_test)
