"""The seed decides nothing: another one gives the very same curves. Whoever repeats your training with five seeds to see how far
results scatter sees no scatter, and may take luck for skill. Set the generators from the argument at the beginning of `train`
(`torch.manual_seed(seed)` or `keras.utils.set_random_seed(seed)`).
"""

_train = train


def train(*given, seed, **how):
    return _train(*given, seed=0, **how)
