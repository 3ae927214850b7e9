"""Your LSTM takes the first axis for time, which is PyTorch's habit (`batch_first=False`), but your first axis counts the tracks.
So it steps from track to track, and what it says of one depends on which ones stood before it in the batch. Shapes fit all the
same, so nothing complains. Write `batch_first=True`, and compare the prediction for one track alone with that among others.
"""

_lstm = lstm


def lstm(width, units, both_ways):
    layer = _lstm(width, units, both_ways)
    layer.batch_first = False
    return layer
