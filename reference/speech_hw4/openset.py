"""Speech HW4, question 4: is it any of the speakers whom we know? Three ways to answer "none of these", and how to compare them.

Every way gives each clip a class, the likeliest of the known speakers, and a score, which is high where the clip sounds like that
speaker. A clip whose score lies below a threshold is turned away. Rows are standardised by the known speakers' training clips;
an outsider's label is -1.
"""

import numpy as np
from speakers import probabilities, train

NOBODY = -1
SHRINKAGE = 1e-3  # share of the mean variance put on the diagonal, so that few clips still give a covariance to divide by


def by_probability(model, x):
    """The probability of the most probable speaker, by a model of the C speakers.

    Probabilities add up to 1 for a goat too, so this can be high for anybody.
    """
    found = probabilities(model, x)  # (M, C)
    return {"class": np.argmax(found, axis=1), "score": np.max(found, axis=1)}


def by_background(model, x):
    """The probability that it is not the background, by a model of C + 1 classes of which the background is the last.

    The model knows what an outsider is only from those that it has heard.
    """
    found = probabilities(model, x)  # (M, C + 1)
    return {"class": np.argmax(found[:, :-1], axis=1), "score": 1.0 - found[:, -1]}


def by_centroid(train_x, train_labels, n_classes, x):
    """The cosine to the nearest speaker's centroid. Nothing adds up to 1: a clip may be far from everybody.

    Angles are taken in a space in which each speaker's clips scatter equally in all directions: with S the covariance of the clips
    around their own speaker's mean, S^(-1/2) takes away what varies within a speaker, as linear discriminant analysis does.
    """
    train_x, train_labels = np.asarray(train_x, dtype=float), np.asarray(train_labels)
    means = np.stack([train_x[train_labels == k].mean(axis=0) for k in range(n_classes)])  # (C, D)
    origin = means.mean(axis=0)
    whiten = inverse_root(within_covariance(train_x, train_labels, means))
    centroids, embedded = (means - origin) @ whiten, (np.asarray(x) - origin) @ whiten  # (C, D), (M, D)
    lengths = np.linalg.norm(embedded, axis=1, keepdims=True) * np.linalg.norm(centroids, axis=1)
    cosines = embedded @ centroids.T / np.maximum(lengths, 1e-12)  # (M, C)
    return {"class": np.argmax(cosines, axis=1), "score": np.max(cosines, axis=1)}


def within_covariance(x, labels, means):
    """How clips scatter around their own speaker's mean, with a little added to the diagonal: (D, D)."""
    around = x - means[labels]
    scatter = around.T @ around / len(x)
    width = len(scatter)
    return scatter + SHRINKAGE * np.trace(scatter) / width * np.eye(width)


def inverse_root(matrix):
    """S^(-1/2) of a symmetric, positive matrix."""
    values, axes = np.linalg.eigh(matrix)
    return axes / np.sqrt(values) @ axes.T


def decide(classes, scores, threshold):
    """The class where the score reaches the threshold, -1 where it does not: (M,) int."""
    return np.where(np.asarray(scores) >= threshold, classes, NOBODY)


def false_acceptance(outsider_scores, threshold):
    """The share of the outsiders that are let in."""
    return float(np.mean(np.asarray(outsider_scores) >= threshold))


def false_rejection(known_scores, threshold):
    """The share of the known speakers' clips that are turned away."""
    return float(np.mean(np.asarray(known_scores) < threshold))


def eer(known_scores, outsider_scores):
    """Where both shares are equal, or nearest to it: {"eer": their mean there, "threshold": float}.

    A higher threshold turns more of both away. Between two neighbouring scores nothing changes, so only scores that occur are
    tried; of thresholds that are equally near the lowest counts.
    """
    thresholds = np.unique(np.concatenate([known_scores, outsider_scores]))
    accepted = np.array([false_acceptance(outsider_scores, threshold) for threshold in thresholds])
    rejected = np.array([false_rejection(known_scores, threshold) for threshold in thresholds])
    best = int(np.argmin(np.round(np.abs(accepted - rejected), 12)))
    return {"eer": float((accepted[best] + rejected[best]) / 2), "threshold": float(thresholds[best])}


def evaluate(validation_known, validation_outsiders, test_known, test_outsiders):
    """From scores of both parts to figures: {"threshold", "false_acceptance", "false_rejection", "eer"}.

    The threshold is the validation part's. The test part only meets it, as tomorrow's visitors will; its own EER says how well the
    scores divide it, whatever the threshold.
    """
    threshold = eer(validation_known, validation_outsiders)["threshold"]
    return {
        "threshold": threshold,
        "false_acceptance": false_acceptance(test_outsiders, threshold),
        "false_rejection": false_rejection(test_known, threshold),
        "eer": eer(test_known, test_outsiders)["eer"],
    }


def compare(train_part, background_x, validation_part, test_part, n_classes, iterations=1000):
    """All three ways on the same clips: {way: what `evaluate` gives, and "identified"}.

    Each part is (rows, labels). "identified" is the share of the test clips with the right answer at that threshold: the speaker's own
    number, or -1 for an outsider.
    """
    x, labels = (np.asarray(piece) for piece in train_part)
    closed = train(x, labels, n_classes, iterations)["model"]
    everything = np.concatenate([x, background_x])
    with_background = np.concatenate([labels, np.full(len(background_x), n_classes)])
    opened = train(everything, with_background, n_classes + 1, iterations)["model"]
    ways = {
        "by_probability": lambda rows: by_probability(closed, rows),
        "by_background": lambda rows: by_background(opened, rows),
        "by_centroid": lambda rows: by_centroid(x, labels, n_classes, rows),
    }
    return {name: _judged(way, validation_part, test_part) for name, way in ways.items()}


def _judged(way, validation_part, test_part):
    """What `evaluate` gives for one way, and the share of right answers."""
    (validation_x, validation_labels), (test_x, test_labels) = validation_part, test_part
    before, after = way(validation_x), way(test_x)
    known_before, known_after = np.asarray(validation_labels) != NOBODY, np.asarray(test_labels) != NOBODY
    row = evaluate(
        before["score"][known_before], before["score"][~known_before], after["score"][known_after], after["score"][~known_after]
    )
    answers = decide(after["class"], after["score"], row["threshold"])
    return {**row, "identified": float(np.mean(answers == np.asarray(test_labels)))}
