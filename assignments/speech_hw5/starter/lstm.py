"""Speech HW5, question 4 and its bonus: recurrent networks that name the genre of a track. Any framework.

Fill in the functions; keep their names and arguments. You may add functions of your own. The handout defines every term.
Shapes: n samples, T frames, N tracks, D coefficients. Arguments and answers are NumPy arrays, numbers, lists and dictionaries.
`name` is "lstm_64_64", and in the bonus also "lstm_128", "bilstm_64_64" or "bilstm_128".
"""

import numpy as np


def mfcc_sequence(signal, sample_rate):
    """The 13 cepstral coefficients of every frame, time first.

    signal: (n,) float, in [-1, 1]. sample_rate: int, Hz. Returns (T, 13), T = 1 + (n - frame) // 512.
    """
    raise NotImplementedError("mfcc_sequence is yours to write: see the handout, section q4-features")


def time_mean(sequence):
    """The average frame.

    sequence: (T, 13). Returns (13,).
    """
    raise NotImplementedError("time_mean is yours to write: see the handout, section q4-means")


def coefficients_as_steps(sequence):
    """The average frame as thirteen steps of width 1.

    sequence: (T, 13). Returns (13, 1).
    """
    raise NotImplementedError("coefficients_as_steps is yours to write: see the handout, section q4-means")


def standardize(train, other):
    """Both parts with every coefficient's mean and deviation over all frames of `train` taken out.

    train: (N, T, D). other: (M, T, D). Returns (train, other) standardised, same shapes.
    """
    raise NotImplementedError("standardize is yours to write: see the handout, section q4-features")


def split(groups, share, seed):
    """Which tracks validate: all tracks of about `share` of the artists.

    groups: list of N artist names. share: float in (0, 1). seed: int. Returns (N,) True or False.
    """
    raise NotImplementedError("split is yours to write: see the handout, section q4-split")


def layers(name, input_shape, n_classes):
    """The network's table, counted by your framework.

    input_shape: [T, D]. Returns a list of {"layer": "LSTM", "BiLSTM", "Dense" or "Dropout", "shape": [...], "parameters": int}.
    """
    raise NotImplementedError("layers is yours to write: see the handout, section q4-network")


def train(name, inputs, labels, validation_inputs, validation_labels, *, epochs, learning_rate, batch_size, seed, folder):
    """Train a new network and save its last weights into `folder`.

    inputs: (N, T, D). labels: (N,) int, 0 to 9. The same for validation. folder: str, an existing folder.
    Returns {"loss", "accuracy", "validation_loss", "validation_accuracy"}, each a list with one number for each epoch.
    """
    raise NotImplementedError("train is yours to write: see the handout, section q4-training")


def predict(name, inputs, folder):
    """Probabilities of the ten classes, with the weights in `folder`.

    inputs: (N, T, D). Returns (N, 10).
    """
    raise NotImplementedError("predict is yours to write: see the handout, section q4-training")


def classify(sequences, folder):
    """Probabilities of the ten genres from raw cepstra, with the network that you hand in.

    sequences: (N, T, 13), as `mfcc_sequence` gives them, not scaled. folder: str, "weights". Returns (N, 10).
    """
    raise NotImplementedError("classify is yours to write: see the handout, section q4-hand-in")


def lstm_parameters(width, units, bidirectional):
    """Bonus: parameters of one LSTM layer.

    width: numbers in each step of its input. units: int. bidirectional: bool. Returns int.
    """
    raise NotImplementedError("lstm_parameters is yours to write: see the handout, section q5-sizes")


def wide_minus_stacked(width):
    """Bonus: how many parameters more one LSTM of 128 has than an LSTM of 64 under another one of 64. Negative if fewer.

    width: numbers in each step of the input. Returns int.
    """
    raise NotImplementedError("wide_minus_stacked is yours to write: see the handout, section q5-sizes")


def compare_counts(hits_a, hits_b, n):
    """Bonus: two-sided p-value that two networks differ, each right in so many of n tracks of its own.

    Returns float in [0, 1].
    """
    raise NotImplementedError("compare_counts is yours to write: see the handout, section q5-compare")


def compare(correct_a, correct_b):
    """Bonus: two-sided p-value that two networks differ on the same tracks.

    correct_a, correct_b: (N,) 1 where that network names the track, else 0. Returns float in [0, 1].
    """
    raise NotImplementedError("compare is yours to write: see the handout, section q5-compare")
