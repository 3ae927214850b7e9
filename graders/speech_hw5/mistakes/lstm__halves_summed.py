"""You add up the forward and the backward half (`merge_mode="sum"`). Then the next layer cannot tell what was heard before from
what comes after, and has half of the input. Keras's and PyTorch's way, and the handout's, is to put them side by side: 64 + 64 =
128 numbers.
"""

_lstm = lstm


class Network(nn.Module):
    """Both halves added up, in every layer."""

    def __init__(self, name, width, n_classes=N_GENRES):
        super().__init__()
        units, self.both_ways = MODELS[name]
        self.recurrent = nn.ModuleList(_lstm(w, size, self.both_ways) for w, size in zip((width, *units), units, strict=False))
        self.hidden = nn.Linear(units[-1], HIDDEN)
        self.dropout = nn.Dropout(DROPOUT)
        self.output = nn.Linear(HIDDEN, n_classes)

    def forward(self, x):
        for layer in self.recurrent:
            x, _ = layer(x)
            last = self.summary(x)
            if self.both_ways:
                half = x.shape[2] // 2
                x = x[:, :, :half] + x[:, :, half:]
                last = last[:, :half] + last[:, half:]
        return self.output(self.dropout(torch.relu(self.hidden(last))))

    def summary(self, x):
        if not self.both_ways:
            return x[:, -1]
        half = x.shape[2] // 2
        return torch.cat([x[:, -1, :half], x[:, 0, half:]], dim=1)


_layers = layers


def layers(name, input_shape, n_classes):
    rows = _layers(name, input_shape, n_classes)
    for row in rows:
        if row["layer"] == "BiLSTM":
            row["shape"] = [*row["shape"][:-1], row["shape"][-1] // 2]
    return rows
