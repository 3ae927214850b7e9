"""You report that reordering changes the Euclidean distance as well. It does not: it is a sum over the times, and a sum has
no order. What you compare with is probably the distance of one reordered series to the other as it was. Only DTW, whose
paths must go forwards, knows the order.
"""


def permutation_change(x, y, order):
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    return {
        "euclidean": abs(euclidean(x[order], y) - euclidean(x, y)),
        "cosine": abs(cosine_distance(x[order], y[order]) - cosine_distance(x, y)),
        "dtw": abs(dtw(x[order], y[order]) - dtw(x, y)),
    }
