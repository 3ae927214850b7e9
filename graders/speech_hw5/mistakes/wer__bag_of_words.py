"""You compare which words occur, and not in which order. "a b" and "b a" hold the same words, but two of them stand in the
wrong place, and a listener would call that an error. WER is an edit distance: align the two sequences, in order, by dynamic
programming.
"""


def costs(references, hypotheses):
    found = []
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        common = sum(min(reference.count(word), hypothesis.count(word)) for word in set(reference))
        wrong = min(len(reference), len(hypothesis)) - common
        found.append((EDIT + 1) * wrong + EDIT * abs(len(reference) - len(hypothesis)))
    return np.array(found, dtype=np.int64)
