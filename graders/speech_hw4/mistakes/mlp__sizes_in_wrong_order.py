"""Your two hidden layers stand in the wrong order: the wider one comes first, next to the input. "two_wide" is 2/3 of the
input and then 1/2, "two_narrow" is 1/2 and then 1/3.
"""

_layer_sizes = layer_sizes


def layer_sizes(n_inputs, n_outputs, design):
    first, *hidden, last = _layer_sizes(n_inputs, n_outputs, design)
    return [first, *hidden[::-1], last]
