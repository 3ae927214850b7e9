"""You do not tidy the spaces at the end. The steps before leave several in a row, and some at the ends. Split at white space
and join with one space: it is also what makes the second normalisation change nothing.
"""

_normalize, WITHOUT = normalize, Steps(spaces=False)


def normalize(text, steps=WITHOUT):
    return _normalize(text, steps)
