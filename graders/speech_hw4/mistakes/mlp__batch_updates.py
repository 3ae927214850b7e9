"""You add up the gradients of the whole epoch and move the weights once. The handout asks for online updates: after every
single sample, with the weights that the sample before it left. With N samples that is N steps per epoch, not one.
"""


def fit(params, inputs, labels, activation, epochs, learning_rate, seed):
    inputs, wanted = np.asarray(inputs, dtype=float), targets(labels, N_CLASSES, activation)
    history = {"mse": [], "accuracy": []}
    for _ in range(epochs):
        outputs = np.stack([forward(params, x, activation)["a"][-1] for x in inputs])
        history["mse"].append(mse(outputs, wanted))
        history["accuracy"].append(mean_accuracy(labels, outputs.argmax(axis=1)))
        batch = [gradients(params, x, t, activation) for x, t in zip(inputs, wanted, strict=True)]
        for number, layer in enumerate(params):
            for name in layer:
                layer[name] -= learning_rate * np.mean([gradient[number][name] for gradient in batch], axis=0)
    return {"params": params, **history}
