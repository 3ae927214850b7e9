"""You take the clips in the order of the files, which are sorted by genre: a batch holds one genre, the network learns to name it, and
forgets it over the next. Draw a new order in every epoch.
"""


def batches(n, batch_size):
    return torch.arange(n).split(batch_size)
