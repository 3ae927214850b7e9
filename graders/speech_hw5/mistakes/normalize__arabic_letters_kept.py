"""You leave Arabic letters as they are. ي and ك look like ی and ک on paper, but are other characters, and many keyboards and
web pages write them; ة, أ, إ and ٱ likewise. A recogniser that writes کتابی is not wrong because the transcript has كتابي.
Replace them by the Persian letters of the handout's table.
"""

_normalize, WITHOUT = normalize, Steps(letters=False)


def normalize(text, steps=WITHOUT):
    return _normalize(text, steps)
