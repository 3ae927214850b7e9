"""In your table a substitution costs 2, as much as a deletion and an insertion together. WER counts it as one error: one word
was taken for another. With a cost of 2 the best alignment never needs a substitution, and your rates come out too high. Let
each of the three steps cost 1, and break ties only after that.
"""


def costs(references, hypotheses):
    found = []
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        row = list(range(len(hypothesis) + 1))
        for i, one in enumerate(reference, start=1):
            above, row = row, [i]
            for j, other in enumerate(hypothesis, start=1):
                row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + 2 * (one != other)))
        found.append(row[-1])
    return EDIT * np.array(found, dtype=np.int64)
