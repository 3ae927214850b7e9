"""You normalise the references and leave the hypotheses as they are. Each comma and each Arabic letter that the recogniser
writes now counts as an error, although the reference had the same. Whatever is done to one side must be done to the other,
by the same function.
"""


def normalized_wer(references, hypotheses):
    return wer([normalize(text) for text in references], hypotheses)
