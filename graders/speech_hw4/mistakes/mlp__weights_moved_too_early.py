"""You update the output layer first and then send the error down through its new weights. All the gradients of one step
belong to one and the same network: compute every layer's error first, and change the weights only after that.
"""


def sgd_step(params, x, target, activation, learning_rate):
    params = [{"W": np.array(layer["W"], dtype=float), "b": np.array(layer["b"], dtype=float)} for layer in params]
    learn(params, np.asarray(x, dtype=float), np.asarray(target, dtype=float), activation, learning_rate)
    return params


def learn(params, x, target, activation, learning_rate):
    passed = forward(params, x, activation)
    inputs = [x, *passed["a"][:-1]]
    delta = (passed["a"][-1] - target) * slope(passed["z"][-1], activation, is_output=True)
    for number in range(len(params) - 1, -1, -1):
        params[number]["W"] -= inputs[number][:, None] * (learning_rate * delta)
        params[number]["b"] -= learning_rate * delta
        if number:
            delta = (params[number]["W"] @ delta) * slope(passed["z"][number - 1], activation, is_output=False)
    return passed["a"][-1]
