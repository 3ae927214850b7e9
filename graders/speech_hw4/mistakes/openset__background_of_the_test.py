"""Your background class was trained on the test part's outsiders. It has met the very goats that it is tested on, so its
false acceptance is flattered, and only its own: the comparison with the other ways is lost. Learn the background from
the clips that are given for it, whose recordings occur nowhere else.
"""

_compare = compare


def compare(train_part, background_x, validation_part, test_part, n_classes, iterations=1000):
    outsiders = np.asarray(test_part[0])[np.asarray(test_part[1]) == NOBODY]
    return _compare(train_part, outsiders, validation_part, test_part, n_classes, iterations)
