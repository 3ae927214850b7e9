"""Only texts that are the same letter for letter were taken for one sentence. A full stop or one other word hides the leak: a
network that has learned the rest by heart gains nearly as much from it. Normalise both sides, count the words that differ,
and report pairs where they are at most a fifth of the longer text.
"""


def overlaps(train_texts, test_texts):
    return [[i, j] for i, one in enumerate(train_texts) for j, other in enumerate(test_texts) if one == other]
