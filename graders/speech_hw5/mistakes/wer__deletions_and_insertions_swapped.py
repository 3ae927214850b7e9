"""What you call a deletion is an insertion, and the other way round. Both are seen from the reference: a deletion is a word
that was said and not recognised, an insertion one that was recognised and not said. The WER does not notice, but whoever
looks for hallucinations in your table does: "a b c" against "" has three deletions.
"""

_counts = counts


def counts(reference, hypothesis):
    found = _counts(reference, hypothesis)
    return {**found, "deletions": found["insertions"], "insertions": found["deletions"]}
