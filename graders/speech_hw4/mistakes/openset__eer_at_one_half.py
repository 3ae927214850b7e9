"""Your EER is measured at a fixed threshold of 0.5. Scores are not votes: the cosine of a whitened space or a
probability of six classes has no reason to divide at one half, and at a fixed threshold you read one false
acceptance, not the point where both errors are equal. Try every observed score as a threshold.
"""


def eer(known_scores, outsider_scores):
    return {"eer": false_acceptance(outsider_scores, 0.5), "threshold": 0.5}
