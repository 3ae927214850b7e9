"""You count the second LSTM of 64 with the width of the input. Its input is the output of the first one: 64 numbers in each step,
whatever the width of the first one's input is.
"""


def wide_minus_stacked(width):
    return lstm_parameters(width, 128, False) - 2 * lstm_parameters(width, 64, False)
