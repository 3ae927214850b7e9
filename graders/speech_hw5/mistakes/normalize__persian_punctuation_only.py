"""You take out ، ؛ ؟ « » ٪ but not the Latin signs. A recogniser trained on many languages writes both, and the full stop is
the same in Persian. Ask unicodedata.category(character): punctuation begins with P, symbols with S.
"""


def is_punctuation(character):
    return character in "،؛؟«»٪"
