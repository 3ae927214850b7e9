"""Your penalty is twice as strong as the handout's: the sum of the squares is multiplied by penalty / 2, so that its
derivative is penalty times W. If you wrote the slope as 2 penalty W, the half was forgotten. Libraries differ here,
so compare at a known point: with weights of 0 but one of 2, a penalty of 0.1 adds 0.2.
"""

_pull = pull


def pull(width, penalty):
    return 2 * _pull(width, penalty)
