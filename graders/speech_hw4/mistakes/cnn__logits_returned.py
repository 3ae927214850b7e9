"""predict returns the scores before the softmax. The largest is at the same place, so accuracies are right, but rows do not add up
to 1 and cannot be read as probabilities. PyTorch's cross-entropy takes scores; for predict apply the softmax yourself.
"""


def predict(name, images, folder):
    network, statistics = load(name, folder, (*np.shape(images)[1:], 1))
    return logits(network, as_inputs(images, statistics)).numpy()
