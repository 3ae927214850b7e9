"""You leave the half-space (U+200C) in. می‌روم with it and می روم with a space are the same two parts, and which one a typist
uses is habit; Python's split() does not split there. Put a space in its place.
"""

_normalize, WITHOUT = normalize, Steps(half_spaces=False)


def normalize(text, steps=WITHOUT):
    return _normalize(text, steps)
