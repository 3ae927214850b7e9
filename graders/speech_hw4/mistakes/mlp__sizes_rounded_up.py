"""Your layer widths are rounded up (or to the nearest number) where a fraction remains. The handout rounds down, so that all
of us train networks of the same size: use integer division, //.
"""


def layer_sizes(n_inputs, n_outputs, design):
    middle = -(-(n_inputs + n_outputs) // 2)
    hidden = {
        "one": [middle],
        "two_equal": [middle, middle],
        "two_wide": [-(-2 * n_inputs // 3), -(-n_inputs // 2)],
        "two_narrow": [-(-n_inputs // 2), -(-n_inputs // 3)],
    }
    return [n_inputs, *hidden[design], n_outputs]
