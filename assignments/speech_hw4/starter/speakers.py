"""Speech HW4, question 4: who is speaking? From one-second clips to a name, with logistic regression. NumPy only.

Fill in the functions; keep their names and arguments. You may add functions of your own, those of your question 2 among them: this
file must stand alone. The handout defines every term.
Shapes: n samples, T frames, N clips, D numbers per clip, C speakers. Time runs along axis 0.
"""

import numpy as np


def rms(signal, sample_rate):
    """Root mean square of each frame.

    signal: (n,) float, in [-1, 1]. sample_rate: int, Hz. Returns (T,).
    """
    raise NotImplementedError("rms is yours to write: see the handout, section q4-trio")


def zero_crossing_rate(signal, sample_rate):
    """Changes of sign in each frame, divided by the frame's length.

    signal: (n,). sample_rate: int, Hz. Returns (T,).
    """
    raise NotImplementedError("zero_crossing_rate is yours to write: see the handout, section q4-trio")


def spectral_centroid(signal, sample_rate):
    """The centre of gravity of each frame's magnitude spectrum, in Hz.

    signal: (n,). sample_rate: int, Hz. Returns (T,).
    """
    raise NotImplementedError("spectral_centroid is yours to write: see the handout, section q4-trio")


def spectral_trio(clips, sample_rate):
    """Means over the frames of each clip: centroid, zero-crossing rate, RMS, in this order.

    clips: list of (n_i,), n_i may differ. sample_rate: int, Hz. Returns (N, 3).
    """
    raise NotImplementedError("spectral_trio is yours to write: see the handout, section q4-trio")


def mfcc_means(clips, sample_rate):
    """The mean of the 13 MFCC over the frames of each clip.

    clips: list of (n_i,). sample_rate: int, Hz. Returns (N, 13).
    """
    raise NotImplementedError("mfcc_means is yours to write: see the handout, section q4-mfcc")


def extract(clips, sample_rate, kind, workers):
    """Features of all clips, by one worker or by a pool of threads; row i belongs to clip i.

    clips: list of (n_i,). kind: "trio" or "mfcc". workers: int, 1 is no pool. Returns (N, 3) or (N, 13).
    """
    raise NotImplementedError("extract is yours to write: see the handout, section q4-pool")


def timing(clips, sample_rate, kind, workers):
    """Seconds that `extract` takes with one worker and with a pool.

    Returns {"serial": float, "pool": float, "speedup": float, "same": bool}.
    """
    raise NotImplementedError("timing is yours to write: see the handout, section q4-pool")


def class_ids(names):
    """Names of speakers as numbers.

    names: list of N str. Returns (the different names in alphabetical order, (N,) int).
    """
    raise NotImplementedError("class_ids is yours to write: see the handout, section q4-split")


def split_by_recording(speakers, recordings, share, seed):
    """Which clips to train on and which to test on; no recording is in both.

    speakers, recordings: lists of N str. share: of each speaker's recordings, for testing. seed: int.
    Returns (rows to train on, rows to test on), two int arrays, ascending.
    """
    raise NotImplementedError("split_by_recording is yours to write: see the handout, section q4-split")


def standardize(train, other):
    """Both parts with the mean and standard deviation of `train` taken out.

    train: (N, D). other: (M, D). Returns (train, other) standardised, same shapes.
    """
    raise NotImplementedError("standardize is yours to write: see the handout, section q4-split")


def probabilities(model, x):
    """Softmax of x W + b.

    model: {"W": (D, C), "b": (C,)}. x: (N, D). Returns (N, C).
    """
    raise NotImplementedError("probabilities is yours to write: see the handout, section q4-logistic")


def loss_and_gradient(model, x, labels):
    """Mean cross-entropy and its gradient.

    model: {"W": (D, C), "b": (C,)}. x: (N, D). labels: (N,) int. Returns {"loss": float, "W": (D, C), "b": (C,)}.
    """
    raise NotImplementedError("loss_and_gradient is yours to write: see the handout, section q4-logistic")


def train(x, labels, n_classes, iterations=1000, learning_rate=0.01):
    """Gradient descent with all clips in every step, from zeros.

    x: (N, D). labels: (N,) int. Returns {"model": {"W", "b"}, "loss": one float for each iteration}.
    """
    raise NotImplementedError("train is yours to write: see the handout, section q4-descent")


def solve(x, labels, n_classes, penalty):
    """The model at the minimum of the mean cross-entropy + penalty / 2 * the sum of all W squared, by a method of your choice.

    x: (N, D). labels: (N,) int. Returns {"W": (D, C), "b": (C,)}.
    """
    raise NotImplementedError("solve is yours to write: see the handout, section q4-solver")


def classify(model, x):
    """The most probable speaker of each row.

    model: {"W": (D, C), "b": (C,)}. x: (N, D). Returns (N,) int.
    """
    raise NotImplementedError("classify is yours to write: see the handout, section q4-report")


def confusion_matrix(labels, predictions, n_classes):
    """Counts: true speaker by row, answer by column.

    labels, predictions: (N,) int. Returns (C, C) int.
    """
    raise NotImplementedError("confusion_matrix is yours to write: see the handout, section q4-report")


def report(labels, predictions, n_classes):
    """Accuracy, precision, recall and F1 by speaker, and the plain means of the last three over the speakers.

    Returns {"accuracy": float, "precision": (C,), "recall": (C,), "f1": (C,), "macro_precision", "macro_recall", "macro_f1": float}.
    """
    raise NotImplementedError("report is yours to write: see the handout, section q4-report")
