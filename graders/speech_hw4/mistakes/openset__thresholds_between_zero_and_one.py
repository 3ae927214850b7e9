"""You look for the EER on a grid of thresholds between 0 and 1. Scores below or above, such as cosines, logarithms or
distances, then all fall on one side, and where scores crowd near 1 the grid is too coarse to part them. Nothing
changes between two neighbouring scores: try exactly the scores that occur.
"""


def eer(known_scores, outsider_scores):
    thresholds = np.linspace(0, 1, 101)
    accepted = np.array([false_acceptance(outsider_scores, threshold) for threshold in thresholds])
    rejected = np.array([false_rejection(known_scores, threshold) for threshold in thresholds])
    best = int(np.argmin(np.abs(accepted - rejected)))
    return {"eer": float((accepted[best] + rejected[best]) / 2), "threshold": float(thresholds[best])}
