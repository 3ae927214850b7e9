"""You leave punctuation in. A recogniser writes commas and full stops, a transcript often has none, and each sticks to a word
and makes it wrong: that alone was one third of the errors in the handout's sentence. Put a space in place of every character
of a category that begins with P or S.
"""

_normalize, WITHOUT = normalize, Steps(punctuation=False)


def normalize(text, steps=WITHOUT):
    return _normalize(text, steps)
