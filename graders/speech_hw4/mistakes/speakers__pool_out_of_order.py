"""The rows of your pool do not stand in the order of the clips: they come in the order in which the workers finished, or
worker by worker. Labels are still in the old order, so most of them now belong to another clip, and accuracy falls to
chance without any error. Use `map`, which keeps the order, or remember the place of every task; and compare with the
serial result once.
"""

_extract = extract


def extract(clips, sample_rate, kind, workers):
    shares = [clips[first::workers] for first in range(min(workers, len(clips)))]  # dealt like cards, gathered hand by hand
    return np.concatenate([_extract(share, sample_rate, kind, 1) for share in shares])
