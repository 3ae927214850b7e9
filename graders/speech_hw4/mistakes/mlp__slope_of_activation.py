"""You hand the activation a = f(z) to the derivative, and the derivative applies the sigmoid again: you compute f'(f(z)). As
f(z) lies in (-1, 1), that slope never leaves [0.39, 0.5], although the true slope goes to 0 in a saturated neuron: at z = 4
yours is eleven times too large. Training still seems to work, which is why this lives long; a finite-difference check finds
it at once. Hand z to the derivative, or use (1 + a)(1 - a) / 2 with a already at hand.
"""


def error_signals(params, passed, target, activation):
    outputs, last = passed["a"], len(params) - 1
    delta = (outputs[-1] - target) * slope(outputs[-1], activation, is_output=True)
    deltas = [delta]
    for number in range(last, 0, -1):
        delta = (params[number]["W"] @ delta) * slope(outputs[number - 1], activation, is_output=False)
        deltas.insert(0, delta)
    return deltas
