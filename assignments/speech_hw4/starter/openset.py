"""Speech HW4, question 4: is it any of the speakers whom we know? Three ways to answer "none of these". NumPy only.

Fill in the functions; keep their names and arguments. You may add functions of your own, and import from your speakers.py. The handout
defines every term. Shapes: N clips to train on, B of the background, M to judge, D numbers per clip, C speakers. -1 is "nobody".
"""

import numpy as np


def by_probability(model, x):
    """The probability of the most probable speaker.

    model: {"W": (D, C), "b": (C,)}. x: (M, D). Returns {"class": (M,) int, "score": (M,)}.
    """
    raise NotImplementedError("by_probability is yours to write: see the handout, section q4-ways")


def by_background(model, x):
    """The probability that it is not the background.

    model: {"W": (D, C + 1), "b": (C + 1,)}, the background is the last class. x: (M, D).
    Returns {"class": (M,) int, one of the C speakers all the same, "score": (M,)}.
    """
    raise NotImplementedError("by_background is yours to write: see the handout, section q4-ways")


def by_centroid(train_x, train_labels, n_classes, x):
    """The cosine to the nearest speaker's centroid, in a whitened space.

    train_x: (N, D). train_labels: (N,) int. x: (M, D). Returns {"class": (M,) int, "score": (M,)}.
    """
    raise NotImplementedError("by_centroid is yours to write: see the handout, section q4-ways")


def decide(classes, scores, threshold):
    """The class where the score reaches the threshold, -1 where it does not.

    classes: (M,) int. scores: (M,). Returns (M,) int.
    """
    raise NotImplementedError("decide is yours to write: see the handout, section q4-threshold")


def false_acceptance(outsider_scores, threshold):
    """The share of the outsiders that are let in. outsider_scores: (M,). Returns float."""
    raise NotImplementedError("false_acceptance is yours to write: see the handout, section q4-threshold")


def false_rejection(known_scores, threshold):
    """The share of the known speakers' clips that are turned away. known_scores: (M,). Returns float."""
    raise NotImplementedError("false_rejection is yours to write: see the handout, section q4-threshold")


def eer(known_scores, outsider_scores):
    """The equal error rate and where it lies.

    known_scores: (K,). outsider_scores: (M,). Returns {"eer": float, "threshold": float}.
    """
    raise NotImplementedError("eer is yours to write: see the handout, section q4-eer")


def evaluate(validation_known, validation_outsiders, test_known, test_outsiders):
    """Errors of the test part at the threshold of the validation part; all four arguments are scores.

    Returns {"threshold", "false_acceptance", "false_rejection", "eer"}, four floats.
    """
    raise NotImplementedError("evaluate is yours to write: see the handout, section q4-eer")


def compare(train_part, background_x, validation_part, test_part, n_classes, iterations=1000):
    """The three ways on the same clips.

    train_part, validation_part, test_part: each (rows, labels), an outsider's label is -1; background_x: (B, D), outsiders to learn from.
    Returns {"by_probability": {...}, "by_background": {...}, "by_centroid": {...}}, each with what `evaluate` returns and "identified".
    """
    raise NotImplementedError("compare is yours to write: see the handout, section q4-eer")
