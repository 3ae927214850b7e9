"""You write ۀ as ه and ی. That is how it sounds, but it makes another word than the plain ه that most people type, and خانۀ and
خانه no longer match. The handout turns ۀ, and ه with a hamza above, into ه alone.
"""

_normalize = normalize


def normalize(text, steps=ALL):
    return _normalize(HEH_WITH_HAMZA.sub("\u0647\u06cc", unicodedata.normalize("NFKC", text)), steps)
