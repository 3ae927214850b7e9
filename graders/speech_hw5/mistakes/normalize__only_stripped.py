"""You take the spaces off the ends of the text and leave those inside. A mark that became a space leaves two or three in a row,
and line ends and tabs stay. " ".join(text.split()) takes care of all of them.
"""

_normalize = normalize


def normalize(text, steps=ALL):
    return _normalize(text, Steps(spaces=False)).strip()
