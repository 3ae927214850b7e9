"""Your split takes no notice of the seed: every call draws other recordings. If features A and features B are each
tested after a split of their own, they are tested on different clips, and the difference between them is partly luck;
the numbers of clips per speaker in your two confusion matrices give it away. Draw from np.random.default_rng(seed),
once for both.
"""

_split_by_recording = split_by_recording


def split_by_recording(speakers, recordings, share, seed):
    return _split_by_recording(speakers, recordings, share, None)
