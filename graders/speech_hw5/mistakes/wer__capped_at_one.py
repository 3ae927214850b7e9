"""You cut rates off at 1. A recogniser can put in more words than were said, and then its WER is above 100 %: "yes" against "oh
yes yes" is 200 %. That happens in practice, when a model repeats itself on silence, and a cap hides it. Return errors / N as
it is.
"""


def corpus_rate(scores):
    return float(np.minimum(scores.errors, scores.lengths).sum() / scores.lengths.sum())


def mean_rate(scores):
    spoken = scores.lengths > 0
    return float(np.minimum(1, scores.errors[spoken] / scores.lengths[spoken]).mean())
