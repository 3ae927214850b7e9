"""You leave out the first step, Unicode's NFKC. The same letter exists in several code points: ﻻ (one) and لا (two) look alike,
a full-width ｗ is a w, and آ may be written as an alef and a sign above it. unicodedata.normalize("NFKC", text) writes each
in one way. Without it such words never match.
"""

_normalize, WITHOUT = normalize, Steps(compatibility=False)


def normalize(text, steps=WITHOUT):
    return _normalize(text, steps)
