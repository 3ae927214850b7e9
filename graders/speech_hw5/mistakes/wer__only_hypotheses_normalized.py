"""You normalise the hypotheses and leave the references as they are. That makes things worse than not normalising at all: each
ي or comma of a reference now meets a text that cannot hold one. Whatever is done to one side must be done to the other, by
the same function.
"""


def normalized_wer(references, hypotheses):
    return wer(references, [normalize(text) for text in hypotheses])
