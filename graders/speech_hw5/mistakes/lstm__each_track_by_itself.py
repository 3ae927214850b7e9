"""You standardise every track by its own mean and deviation. In speech that removes the microphone; in music it removes loudness
and colour, by which genres differ, and the handout asks for the numbers of the training part. Average over all of its tracks and
frames.
"""


def standardize(train, other):
    scaled = []
    for part in (np.asarray(train, dtype=float), np.asarray(other, dtype=float)):
        mean, std = part.mean(axis=1, keepdims=True), part.std(axis=1, keepdims=True)
        scaled.append((part - mean) / np.where(std > CONSTANT_STD, std, 1.0))
    return tuple(scaled)
