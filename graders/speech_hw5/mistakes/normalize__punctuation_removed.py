"""You remove punctuation and put nothing in its place. Where it stood between two words without a space, سلام،دنیا or ۴٫۵,
these now run together into one, and one comma costs two errors. Put a space; the last step makes one of many.
"""

_normalize = normalize


def normalize(text, steps=ALL):
    return _normalize("".join(c for c in unicodedata.normalize("NFKC", text) if not is_punctuation(c)), steps)
