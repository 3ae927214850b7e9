"""You take both halves at the last time step, `output[:, -1]`. The backward half starts there: it has heard a single frame. It
has heard the whole track at the first step, so take `output[:, 0]` of that half (or the final states, `h_n`). Keras's
Bidirectional does so by itself.
"""

_Network = Network


class Network(_Network):
    """Both halves taken at the last step."""

    def summary(self, x):
        return x[:, -1]
