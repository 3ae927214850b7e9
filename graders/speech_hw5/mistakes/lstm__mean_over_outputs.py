"""You average the outputs of all steps of the last LSTM. The handout's network goes on with the output of the last step, which
has heard the whole track (`return_sequences=False` in Keras, `output[:, -1]` in PyTorch). An average is a fair design too, but it
is another network, and it weighs the beginning, when little has been heard, as much as the end.
"""

_Network = Network


class Network(_Network):
    """The mean of all outputs goes on."""

    def summary(self, x):
        return x.mean(dim=1)
