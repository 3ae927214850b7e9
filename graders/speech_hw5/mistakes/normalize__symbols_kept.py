"""You take out punctuation (category P) and leave symbols (category S): + = $ and their kind. Nobody hears them as signs;
whoever reads them aloud says a word. The handout puts a space for both.
"""


def is_punctuation(character):
    return unicodedata.category(character)[0] == "P"
