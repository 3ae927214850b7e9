"""The two networks of ML HW5, question 4. Both take frames from a `Resident` table of `phonemes.py`: one by windows, one by utterances.

`items` deals what there is into batches, `answer` gives the logits of a batch and the rows that they belong to.
"""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import dropout, relu

HIDDEN = 512
DROPPED = 0.3  # share of the values that drop-out sets to 0 while learning


class Perceptron(nn.Module):
    """The course's network, on windows: one hidden layer of 512 ReLU. Shuffled and batched by frames."""

    def __init__(self, n_inputs, n_classes, width=HIDDEN):
        super().__init__()
        self.hidden, self.output = nn.Linear(n_inputs, width), nn.Linear(width, n_classes)

    def forward(self, x):
        """(B, inputs) -> (B, classes), before the softmax: the cross entropy of torch has its own."""
        return self.output(relu(self.hidden(x)))

    def pace(self, done):
        """Factor of the learning rate after this share of the epochs: always the same."""
        return 1.0

    def items(self, data, batch_size, order=None):
        """Batches of rows; the last may be smaller."""
        rows = torch.arange(len(data.first)) if order is None else torch.randperm(len(data.first), generator=order)
        return rows.to(data.table.device).split(batch_size)

    def answer(self, data, rows):
        """The logits of some rows, and these rows."""
        return self(data.windows(rows)), rows


class TimeNetwork(nn.Module):
    """The stronger network: convolutions over time on whole utterances, each reaching further than the one before.

    It sees 22 frames on each side. Its weights are shared over time, so it has half as many as the perceptron, and it is kept from
    learning voices by heart by drop-out. Shuffled and batched by utterances.
    """

    REACH = ((5, 1), (3, 2), (3, 4), (3, 6), (3, 8))  # kernel and dilation

    def __init__(self, n_mfcc, n_classes, width=128):
        super().__init__()
        sizes = [n_mfcc, *[width] * len(self.REACH)]
        self.layers = nn.ModuleList(
            nn.Conv1d(sizes[i], width, kernel, dilation=dilation, padding=(kernel // 2) * dilation)
            for i, (kernel, dilation) in enumerate(self.REACH)
        )
        self.output = nn.Conv1d(width, n_classes, 1)

    def forward(self, x, has):
        """(N, D, T) -> (N, T, classes); `has` (N, T) says where there are frames."""
        present = has[:, None].float()
        for number, layer in enumerate(self.layers):
            new = dropout(relu(layer(x)), DROPPED, self.training) * present  # zeros beyond the ends, in every layer
            x = new if number == 0 else x + new
        return self.output(x).transpose(1, 2)

    def pace(self, done):
        """Factor of the learning rate after this share of the epochs: small steps at the end."""
        return 1 - 0.95 * done

    def items(self, data, batch_size, order=None):
        """Batches of utterances, of about so many frames each."""
        count = len(data.lengths)
        numbers = np.arange(count) if order is None else torch.randperm(count, generator=order).numpy()
        return np.array_split(numbers, max(1, round(len(data.first) / batch_size)))

    def answer(self, data, numbers):
        """The logits of the frames of some utterances, and their rows."""
        x, has, rows = data.padded(numbers)
        return self(x, has)[has], rows


def build(name, input_shape, n_classes):
    """The network called "mlp" or "strong" for windows of (frames, coefficients)."""
    frames, n_mfcc = input_shape
    return Perceptron(frames * n_mfcc, n_classes) if name == "mlp" else TimeNetwork(n_mfcc, n_classes)
