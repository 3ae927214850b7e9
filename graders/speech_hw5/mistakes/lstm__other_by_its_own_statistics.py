"""You standardised the second part with its own mean and deviation. At the time of use one has a single new track and no such
statistics, and a difference between the parts that a network would suffer from is wiped out before it is measured. Scale every
part with the numbers of the training part.
"""


def standardize(train, other):
    scaled = []
    for part in (train, other):
        mean, std = statistics(part)
        scaled.append((np.asarray(part, dtype=float) - mean) / std)
    return tuple(scaled)
