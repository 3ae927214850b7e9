"""predict leaves the network in training mode: batch normalisation then measures the clips that happen to be asked about together,
in place of the moving averages of the training. The answer on a clip changes with its company. Call network.eval() before you
predict (Keras: predict, or training=False).
"""


def logits(network, inputs):
    network.train()
    with torch.no_grad():
        return network(inputs)
