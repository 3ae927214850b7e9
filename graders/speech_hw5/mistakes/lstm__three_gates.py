"""Your formula has a factor of 3. An LSTM has four sets of weights: input gate, forget gate, output gate, and the candidate for
the cell, which is easily forgotten since it is not called a gate. Three sets belong to a GRU.
"""


def lstm_parameters(width, units, bidirectional):
    return (2 if bidirectional else 1) * 3 * units * (width + units + 1)
