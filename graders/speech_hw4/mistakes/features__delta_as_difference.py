"""Your derivative is the difference of neighbouring frames (as `np.gradient` takes it). It is a slope too, but it doubles the
noise of single frames. The handout asks for the regression line over five frames, n = 1 and 2, weighted by n and divided by
10.
"""


def delta(features):
    return np.gradient(np.asarray(features, dtype=float), axis=0) if len(features) > 1 else np.zeros(np.shape(features))
