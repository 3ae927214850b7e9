"""Your alignment has as few errors as possible, but of several such alignments you take one with more substitutions than
needed. "a b" against "b c" costs two either way; with a deletion and an insertion the word b is recognised, with two
substitutions nothing is. The handout asks for the one with the most correct words. Compare pairs (errors, substitutions) in
your table, and let Python order them.
"""


def costs(references, hypotheses):
    found = []
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        row = [(j, 0) for j in range(len(hypothesis) + 1)]  # errors, minus substitutions
        for i, one in enumerate(reference, start=1):
            above, row = row, [(i, 0)]
            for j, other in enumerate(hypothesis, start=1):
                wrong = int(one != other)
                ways = (
                    (above[j][0] + 1, above[j][1]),
                    (row[-1][0] + 1, row[-1][1]),
                    (above[j - 1][0] + wrong, above[j - 1][1] - wrong),
                )
                row.append(min(ways))
        found.append(EDIT * row[-1][0] - row[-1][1])
    return np.array(found, dtype=np.int64)
