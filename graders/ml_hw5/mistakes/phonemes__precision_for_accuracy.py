"""You divide by how often each symbol was *predicted*, which is its precision. The accuracy of a symbol asks: of the frames
that are this symbol, which share was recognised? Divide by the sums of the rows.
"""


def phoneme_accuracy(table):
    totals = np.asarray(table).sum(axis=0)
    each = np.where(totals > 0, np.diag(table) / np.maximum(totals, 1), np.nan)
    return {"each": each, "mean": float(np.nanmean(each))}
