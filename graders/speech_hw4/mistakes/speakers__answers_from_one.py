"""Your answers are numbered from 1, while the labels begin with 0. Every answer is then wrong by one and the accuracy
nearly 0, far below chance. An accuracy below chance is never bad luck but a mix-up of classes. argmax gives the
number of the column, which is the class already.
"""

_classify = classify


def classify(model, x):
    return _classify(model, x) + 1
