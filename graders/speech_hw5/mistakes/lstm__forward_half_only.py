"""Your network computes both directions and then goes on with the forward half alone. The backward half costs time and is never
heard. Put both halves side by side: the dense layer behind them has 128 (or 256) inputs.
"""

_Network = Network


class Network(_Network):
    """The backward half is computed and left."""

    def __init__(self, name, width, n_classes=N_GENRES):
        super().__init__(name, width, n_classes)
        if self.both_ways:
            self.hidden = nn.Linear(self.hidden.in_features // 2, HIDDEN)

    def summary(self, x):
        return x[:, -1, : x.shape[2] // 2] if self.both_ways else x[:, -1]
