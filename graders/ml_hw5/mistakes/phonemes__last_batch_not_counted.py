"""You leave out the last batch, which is smaller than the others: n // batch_size counts whole batches only. In training
that skips some frames of each epoch, in a prediction it loses them. Round up.
"""


def batch_plan(n_frames, batch_size):
    return {"batches": n_frames // batch_size, "last": batch_size}
