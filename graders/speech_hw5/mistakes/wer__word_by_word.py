"""You compare the first word with the first, the second with the second, and so on. One word that is missing or put in shifts
all that follow, and then every later word counts as wrong although it was recognised. The texts have to be aligned first, by
dynamic programming: the table of the handout's section 3.1 finds the fewest errors.
"""


def costs(references, hypotheses):
    found = []
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        wrong = sum(one != other for one, other in zip(reference, hypothesis, strict=False))
        found.append((EDIT + 1) * wrong + EDIT * abs(len(reference) - len(hypothesis)))
    return np.array(found, dtype=np.int64)
