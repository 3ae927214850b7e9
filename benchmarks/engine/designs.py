"""Networks as data: a design is a row of layers, which networks.py builds for one seed and batched.py for many at once.

    DESIGNS["lstm_64_64"]   LSTM 64, LSTM 64, Dense 64 ReLU, Dropout 0.3, Dense 10       input (T, D)
    DESIGNS["cnn_two"]      two blocks of Conv 32 3×3 ReLU, MaxPool 3×3/2, BatchNorm; Flatten, Dense 10      input (1, H, W)

They are the course's, in Keras's manner: one bias per LSTM, forget gates that start open, orthogonal recurrent weights.
"""

from __future__ import annotations

from dataclasses import dataclass

N_GENRES = 10
FILTERS, SIDE, POOL, STRIDE = 32, 3, 3, 2
NORM_EPSILON, NORM_MOMENTUM = 1e-3, 0.1


@dataclass(frozen=True)
class Lstm:
    """(T, D) -> (T, units), or (units,) where only the last step is wanted; twice as wide where it reads both ways."""

    units: int
    both_ways: bool = False
    last: bool = False


@dataclass(frozen=True)
class Dense:
    """(D,) -> (units,)."""

    units: int
    relu: bool = False


@dataclass(frozen=True)
class Dropout:
    """Sets this share to zero while learning, and scales up the rest."""

    share: float


@dataclass(frozen=True)
class Block:
    """Convolution with ReLU, max pooling, batch normalisation: (C, H, W) -> (filters, H', W'), nothing padded."""

    filters: int = FILTERS


@dataclass(frozen=True)
class Flatten:
    """(...) -> (D,)."""


@dataclass(frozen=True)
class RowsAsTime:
    """A picture as a sequence of its rows: (C, H, W) -> (H, C W)."""


Layer = Lstm | Dense | Dropout | Block | Flatten | RowsAsTime
Design = tuple[Layer, ...]


def recurrent(units: tuple[int, ...], both_ways: bool, classes: int = N_GENRES) -> Design:
    """LSTMs one upon the other, Dense 64 ReLU, Dropout 0.3, Dense `classes`: speech HW5, question 4."""
    stacked = tuple(Lstm(one, both_ways, last=place == len(units) - 1) for place, one in enumerate(units))
    return (*stacked, Dense(64, relu=True), Dropout(0.3), Dense(classes))


def convolutional(blocks: int, classes: int = N_GENRES) -> Design:
    """Blocks, Flatten, Dense `classes`: speech HW4, question 3."""
    return (*[Block()] * blocks, Flatten(), Dense(classes))


def perceptron(hidden: int, classes: int) -> Design:
    """One hidden layer of ReLU: ML HW5, question 4."""
    return (Dense(hidden, relu=True), Dense(classes))


DESIGNS: dict[str, Design] = {
    "lstm_64_64": recurrent((64, 64), both_ways=False),
    "lstm_128": recurrent((128,), both_ways=False),
    "bilstm_64_64": recurrent((64, 64), both_ways=True),
    "bilstm_128": recurrent((128,), both_ways=True),
    "cnn_one": convolutional(1),
    "cnn_two": convolutional(2),
    "cnn_lstm": (Block(), Block(), RowsAsTime(), Lstm(64, last=True), Dense(64, relu=True), Dropout(0.3), Dense(N_GENRES)),
}
"""The genre models; rows of a picture are moments in time."""
