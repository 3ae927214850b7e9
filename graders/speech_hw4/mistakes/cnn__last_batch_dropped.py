"""You leave out the last batch where it is smaller than the others (n // batch_size batches, or drop_last=True). Of a small data set
that is much, and of one smaller than a batch it is all: nothing is learned then. Take the rest as a batch of its own.
"""

_batches = batches


def batches(n, batch_size):
    return _batches(n, batch_size)[: n // batch_size]
