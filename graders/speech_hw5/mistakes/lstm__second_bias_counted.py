"""Your LSTM has two biases, as torch.nn has them: for the input and for the state. They are added up before anything else
happens, so the second one adds 4 x units numbers and no function that the first could not do. Keras has one, and the handout
counts as Keras: 4 h (i + h + 1). Keep the second one at zero without gradient, and count what is trained.
"""


def lstm(width, units, both_ways):
    return nn.LSTM(width, units, batch_first=True, bidirectional=both_ways)
