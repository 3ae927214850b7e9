"""Your false rejection is the share of known speakers who are let in. Those are the right answers. At a threshold below
all scores nobody is turned away and the share must be 0; yours is 1. Count known speakers' scores that lie below the
threshold.
"""


def false_rejection(known_scores, threshold):
    return float(np.mean(np.asarray(known_scores) >= threshold))
