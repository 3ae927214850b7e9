"""Dropout is still on when you predict: two calls on the same tracks give two answers, and each is worse than it need be. Dropout
is for training only. In PyTorch call `model.eval()` before predicting and `model.train()` before going on; Keras's `predict` does
it for you, calling the model with `training=True` does not.
"""


def decide(network, inputs):
    network.train()
    with torch.no_grad():
        parts = [torch.softmax(network(part), dim=1) for part in as_inputs(inputs).split(256)]
    return torch.cat(parts).numpy()
