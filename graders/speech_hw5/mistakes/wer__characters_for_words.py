"""Your word error rate compares characters: a text in Python is a sequence of characters, and an edit distance of two texts
runs over these. Split both texts into words first, text.split(). What you have is the character error rate, which is usually
much lower, since most letters of a wrong word are right.
"""


def words(text):
    return characters(text)
