"""You took the smallest share of wrong answers over all clips for the EER, which is 1 minus the best accuracy. That
depends on how many outsiders happen to be among the clips: with few of them it pays to let everybody in. The EER
takes each kind of error by its own number and looks where the two shares are equal.
"""


def eer(known_scores, outsider_scores):
    thresholds = np.unique(np.concatenate([known_scores, outsider_scores]))
    accepted = np.array([false_acceptance(outsider_scores, threshold) for threshold in thresholds])
    rejected = np.array([false_rejection(known_scores, threshold) for threshold in thresholds])
    n, m = len(known_scores), len(outsider_scores)
    wrong = (rejected * n + accepted * m) / (n + m)
    return {"eer": float(wrong.min()), "threshold": float(thresholds[np.argmin(wrong)])}
