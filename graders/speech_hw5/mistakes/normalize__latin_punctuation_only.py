"""You know the punctuation of ASCII (string.punctuation), but not ، ؛ ؟ « » ٪ and the rest of the world's. Persian text is full
of them. Ask unicodedata.category(character): punctuation begins with P, symbols with S.
"""


def is_punctuation(character):
    return character.isascii() and unicodedata.category(character)[0] in "PS"
