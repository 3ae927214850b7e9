"""Texts were compared without normalising them. With an Arabic ye in every third word, two copies of one sentence look quite
different, and the leak goes unseen. Put both sides through `normalize` before you count the words that differ.
"""


def overlaps(train_texts, test_texts):
    return [[i, j] for i, one in enumerate(train_texts) for j, other in enumerate(test_texts) if near(one, other)]
