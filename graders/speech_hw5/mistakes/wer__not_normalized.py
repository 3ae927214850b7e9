"""Your `normalized_wer` compares the texts as they stand. A comma that sticks to a word, an Arabic ي, a short vowel: each makes
a word count as wrong that was recognised. Put both sides through `normalize` first, and then count.
"""


def normalized_wer(references, hypotheses):
    return wer(references, hypotheses)
