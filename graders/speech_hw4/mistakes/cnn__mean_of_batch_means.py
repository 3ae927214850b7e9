"""Your validation figures are means over batches of the batches' means. The last batch is smaller, so its clips count for more than
the others. Weight each batch by its size, or put all answers together before you take the mean.
"""

_measure = measure


def measure(network, inputs, labels, batch_size=16):
    rows = [_measure(network, *both) for both in zip(inputs.split(batch_size), labels.split(batch_size), strict=True)]
    return tuple(np.mean(rows, axis=0).tolist())
