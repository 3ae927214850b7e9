"""You return the outputs of the last layer as they are. They are logarithms of probabilities up to a constant: some are
negative, and they do not add up to 1. Apply the softmax along the 42 symbols.
"""

_predict = predict


def predict(name, utterances, folder, *, context, device="cpu"):
    found = _predict(name, utterances, folder, context=context, device=device)
    return np.log(found) + 3.0
