"""You set a seed, but always the same, whatever train is given. Repeating the training then shows nothing of how much chance
is in it. Use the argument.
"""

_random_start = random_start


def random_start(seed):
    return _random_start(42)
