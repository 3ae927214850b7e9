"""The texts were dealt one by one, so that a sentence which several people read stands in training and in the test. The network
may then know the sentence and not hear it; on such a test it seems better than it is. Deal sentences, not clips: all clips
with the same normalised text go to one part.
"""


def split(texts, seed):
    order = np.random.default_rng(seed).permutation(len(texts)).tolist()
    n_test = round(TEST_SHARE * len(order))
    n_validation = round(VALIDATION_SHARE * (len(order) - n_test))
    dealt = {"test": order[:n_test], "validation": order[n_test:][:n_validation], "train": order[n_test + n_validation :]}
    return {part: sorted(dealt[part]) for part in ("train", "validation", "test")}
