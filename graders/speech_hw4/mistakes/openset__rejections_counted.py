"""Your false acceptance is the share of the outsiders that are turned away. That is the share of right answers, 1 minus
what was asked. Raise the threshold in your mind: fewer get in, so false acceptance must fall, and yours rises. Count
scores that reach the threshold.
"""


def false_acceptance(outsider_scores, threshold):
    return float(np.mean(np.asarray(outsider_scores) < threshold))
