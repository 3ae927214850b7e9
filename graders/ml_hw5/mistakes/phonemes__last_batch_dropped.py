"""Your predictions lack the last batch: the loader drops it where it is smaller (drop_last), or n // batch_size counts whole
batches only. Every frame is to be labelled, also the last ones of the last utterance.
"""

_predict = predict


def predict(name, utterances, folder, *, context, device="cpu"):
    found = _predict(name, utterances, folder, context=context, device=device)
    return found[: len(found) // 32 * 32]
