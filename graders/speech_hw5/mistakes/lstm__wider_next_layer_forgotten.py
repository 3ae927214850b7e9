"""You doubled the LSTMs' parameters and left the rest as it was. A layer that reads both ways also has twice the outputs, so
whatever comes next has a wider input: the second BiLSTM reads 128 numbers in each step, the dense layer 128 (or 256) at the end.
Let your framework count instead of doubling by hand.
"""

_layers = layers


def layers(name, input_shape, n_classes):
    rows = _layers(name.removeprefix("bi"), input_shape, n_classes)
    if name.startswith("bi"):
        for row in rows:
            if row["layer"] == "LSTM":
                *steps, units = row["shape"]
                row.update(layer="BiLSTM", shape=[*steps, 2 * units], parameters=2 * row["parameters"])
    return rows
