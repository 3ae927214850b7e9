"""Your formula is 4 h (i + h + 2): it counts PyTorch's second bias, which is added to the first and can do nothing by itself. The
handout counts one bias for each gate, as Keras does: 4 h (i + h + 1).
"""


def lstm_parameters(width, units, bidirectional):
    return (2 if bidirectional else 1) * 4 * units * (width + units + 2)
