"""On its way down, your error goes through W in the direction of the forward pass: delta @ W instead of delta @ W.T (or W @
delta). The shapes only fit by luck, where both layers are equally wide, and the result is wrong even then. Check with layers
of different width.
"""


def error_signals(params, passed, target, activation):
    zs, last = passed["z"], len(params) - 1
    delta = (passed["a"][-1] - target) * slope(zs[-1], activation, is_output=True)
    deltas = [delta]
    for number in range(last, 0, -1):
        delta = (delta @ params[number]["W"]) * slope(zs[number - 1], activation, is_output=False)
        deltas.insert(0, delta)
    return deltas
