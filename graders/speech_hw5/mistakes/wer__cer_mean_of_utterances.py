"""Your CER is the mean of the utterances' own rates. Like `wer`, it adds up all errors and all characters of the references
first, and divides once. Otherwise a wrong "no" weighs as much as a wrong sentence.
"""


def cer(references, hypotheses):
    return mean_rate(score(references, hypotheses, characters))
