"""Your solver minimises the sum of the losses plus the penalty, or the mean plus penalty / N: the penalty is too weak by
the number of clips. With the mean in front, the meaning of a penalty does not change when more clips come in. scikit-
learn's C counts the sum: C = 1 / (penalty * N) is the same problem as the handout's.
"""

_solve = solve


def solve(x, labels, n_classes, penalty):
    return _solve(x, labels, n_classes, penalty / len(x))
