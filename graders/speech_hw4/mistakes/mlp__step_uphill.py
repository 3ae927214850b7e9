"""You add the gradient. It points to where the loss grows, so the error rises from epoch to epoch. Subtract it: W -
learning_rate * dL/dW.
"""

_sgd_step, _learn = sgd_step, learn


def sgd_step(params, x, target, activation, learning_rate):
    return _sgd_step(params, x, target, activation, -learning_rate)


def learn(params, x, target, activation, learning_rate):
    return _learn(params, x, target, activation, -learning_rate)
