"""Your decision never says -1: every clip gets one of the known names, whatever its score. That is the closed-set
answer, which turns a goat into a president. An access system with it lets everybody in. Compare each score with the
threshold and answer -1 where it lies below.
"""


def decide(classes, scores, threshold):
    return np.asarray(classes).copy()
