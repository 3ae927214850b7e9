"""You apply the softmax to probabilities. All 42 values then lie between 0.02 and 0.07; the largest stays the largest, so
the accuracy does not show it, but the loss does. Apply it once, to the outputs of the last layer.
"""

_predict = predict


def predict(name, utterances, folder, *, context, device="cpu"):
    once = torch.from_numpy(_predict(name, utterances, folder, context=context, device=device))
    return torch.softmax(once, dim=1).numpy()
