"""Your CER compares words, so it is the WER once more. The errors of the CER are characters, and so is its N: give the same
function lists of characters.
"""


def characters(text):
    return text.split()
