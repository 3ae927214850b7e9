"""You measure mean and deviation over training and validation pictures together. The training has then seen something of the
pictures that it is examined on. Measure on the training part alone: changing the validation pictures must not change the network.
"""


def train(name, images, labels, validation_images, validation_labels, *, epochs, learning_rate, batch_size, seed, folder):
    torch.manual_seed(seed)
    statistics = pixel_statistics(np.concatenate([images, validation_images]))
    network = build(name, (*np.shape(images)[1:], 1), N_CLASSES)
    part, other = as_part(images, labels, statistics), as_part(validation_images, validation_labels, statistics)
    history = teach(network, part, other, epochs, learning_rate, batch_size)
    save(name, network, statistics, folder)
    return history
