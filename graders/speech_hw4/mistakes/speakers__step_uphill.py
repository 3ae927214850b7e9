"""Your training adds the gradient. The gradient points to where the loss rises, so each step makes the model worse, and
the curve climbs from ln C upwards. Subtract the learning rate times the gradient. A plot of the loss over the
iterations shows this in one glance, which is why it belongs into every report.
"""

_train = train


def train(x, labels, n_classes, iterations=1000, learning_rate=0.01):
    return _train(x, labels, n_classes, iterations, -learning_rate)
