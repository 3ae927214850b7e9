"""Your formula counts weights for the input and a bias, as for a dense layer, but none for the state of the step before. That
feedback is what makes the layer recurrent: units x units weights in each of the four gates.
"""


def lstm_parameters(width, units, bidirectional):
    return (2 if bidirectional else 1) * 4 * units * (width + 1)
