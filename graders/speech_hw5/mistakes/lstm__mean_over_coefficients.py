"""You averaged the 13 coefficients of each frame, which gives one number for each frame. The mean over time is one number for
each coefficient: average along axis 0 of (T, 13).
"""


def time_mean(sequence):
    return np.mean(sequence, axis=1)
