"""Your loader shuffles when you predict. Each row is right for some frame, but nobody knows for which. Shuffle the training
part only; labels then tell you at once, since the accuracy falls to chance.
"""

_predict = predict


def predict(name, utterances, folder, *, context, device="cpu"):
    found = _predict(name, utterances, folder, context=context, device=device)
    return found[np.random.permutation(len(found))]
