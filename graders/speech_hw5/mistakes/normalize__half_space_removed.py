"""You remove the half-space (U+200C) and put nothing in its place: می‌روم becomes میروم. Written with a space it is می روم, and
the two no longer match, though only the key differs. The handout turns half-spaces into spaces, so that می‌روم and می روم
are the same.
"""

_normalize = normalize


def normalize(text, steps=ALL):
    return _normalize(text.replace(HALF_SPACE, ""), steps)
