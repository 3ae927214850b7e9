"""Your score is the probability of the background, which is high for outsiders. Scores must be high for known speakers,
or the threshold lets in exactly those who should stay out, and the EER comes out near 1 minus the right one. Take 1
minus it.
"""

_by_background = by_background


def by_background(model, x):
    found = _by_background(model, x)
    return {**found, "score": 1.0 - found["score"]}
