"""Your CER leaves the spaces out. Here the space between two words is a character like any other, as in the usual tools: سلام
دنیا has nine. Without it, words that are wrongly joined or split would be free. Join the words with one space each and
compare that.
"""


def characters(text):
    return list("".join(text.split()))
