"""You split at every single space, so two spaces in a row make an empty word, and a tab makes no border at all. Both then count
as errors that nobody made, and an empty text has one word, the empty one. text.split() without an argument splits at any
white space and makes no empty words.
"""


def words(text):
    return text.split(" ")
