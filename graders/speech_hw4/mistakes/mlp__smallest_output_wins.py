"""You choose the class with the smallest share. The outputs grow with the evidence for a class, so the largest wins: argmax."""


def predict(params, inputs, activation):
    return np.stack([forward(params, x, activation)["a"][-1] for x in np.asarray(inputs)]).argmin(axis=1)
