"""You let in only scores strictly above the threshold, while the handout lets in those that reach it. It matters because
the threshold is one of the observed scores: the clip that it was taken from would be turned away by its own
threshold, and the shares of errors no longer fit the EER. Use >= for letting in and < for turning away.
"""


def decide(classes, scores, threshold):
    return np.where(np.asarray(scores) > threshold, classes, NOBODY)


def false_acceptance(outsider_scores, threshold):
    return float(np.mean(np.asarray(outsider_scores) > threshold))


def false_rejection(known_scores, threshold):
    return float(np.mean(np.asarray(known_scores) <= threshold))
