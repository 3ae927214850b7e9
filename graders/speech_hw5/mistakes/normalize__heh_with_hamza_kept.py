"""You leave ۀ as it is. خانۀ, خانهٔ and خانه are three ways to write one word: one code point, two, and none for the sign,
which most people leave out. Turn ۀ, and ه with a hamza above it, into ه.
"""

_normalize, WITHOUT = normalize, Steps(heh_with_hamza=False)


def normalize(text, steps=WITHOUT):
    return _normalize(text, steps)
