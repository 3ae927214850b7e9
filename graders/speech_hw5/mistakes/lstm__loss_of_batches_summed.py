"""Your training loss adds up the means of the batches, so it grows with the number of batches and cannot stand beside the
validation loss in one figure. A new network of ten classes has a mean cross-entropy near log 10 = 2.3. Weigh each batch's mean by
its size, and divide by the number of tracks.
"""

_teach = teach


def teach(network, optimizer, inputs, labels, batch_size):
    loss, accuracy = _teach(network, optimizer, inputs, labels, batch_size)
    return loss * -(-len(inputs) // batch_size), accuracy
