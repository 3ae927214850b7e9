"""Your validation curves are measured on the training part. They rise to 1 with the training curves, and an overfitted network looks
perfect. Measure them on the validation pictures, after each epoch.
"""

_teach = teach


def teach(network, part, other, epochs, learning_rate, batch_size):
    return _teach(network, part, part, epochs, learning_rate, batch_size)
