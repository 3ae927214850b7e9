"""Your accuracies are percentages. The handout, and every library, means a share between 0 and 1: 0.42, not 42. Leave out the
factor of 100, and put the percent sign only where you print.
"""

_train = train


def train(*given, **how):
    curves = _train(*given, **how)
    return {key: [100 * value for value in curve] if "accuracy" in key else curve for key, curve in curves.items()}
