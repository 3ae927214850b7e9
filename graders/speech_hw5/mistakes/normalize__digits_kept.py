"""You leave digits as they are. ۱۲, ١٢ and 12 are the same number in three sets of characters, and a recogniser may write any.
Turn the Persian digits (U+06F0 to U+06F9) and the Arabic ones (U+0660 to U+0669) into 0 to 9. NFKC does not do that.
"""

_normalize, WITHOUT = normalize, Steps(digits=False)


def normalize(text, steps=WITHOUT):
    return _normalize(text, steps)
