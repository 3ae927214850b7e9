"""Speech HW4, question 4: is it any of the speakers whom we know? Three ways to answer "none of these", and how to compare them.

Every way gives each clip a class, the likeliest of the known speakers, and a score, which is high where the clip sounds like that
speaker. A clip whose score lies below a threshold is turned away. Rows are standardised by the known speakers' training clips;
an outsider's label is -1.
"""

import numpy as np
from speakers import probabilities, train

NOBODY = -1
SHRINKAGE = 1e-3  # share of the mean variance put on the diagonal, so that few clips still give a covariance to divide by


def by_probability(train_x, train_labels, background_x, x, n_classes):
    """The probability of the most probable speaker. Probabilities add up to 1 for a goat too, so this can be high for anybody."""
    found = probabilities(train(train_x, train_labels, n_classes)["model"], x)
    return {"class": np.argmax(found, axis=1), "score": np.max(found, axis=1)}


def by_background(train_x, train_labels, background_x, x, n_classes):
    """One class more, learned from recordings of people and things that are none of the speakers.

    The score is the probability that it is not of that class. It knows what an outsider is only from those that it has heard.
    """
    everything = np.concatenate([train_x, background_x])
    labels = np.concatenate([train_labels, np.full(len(background_x), n_classes)])
    found = probabilities(train(everything, labels, n_classes + 1)["model"], x)  # (M, C + 1)
    return {"class": np.argmax(found[:, :n_classes], axis=1), "score": 1.0 - found[:, n_classes]}


def fit_space(train_x, train_labels, n_classes):
    """A space in which each speaker's clips scatter equally in all directions: {"mean": (D,), "whiten": (D, D), "centroids": (C, D)}.

    S is the covariance of the clips around their own speaker's mean; S^(-1/2) takes away what varies within a speaker, as linear
    discriminant analysis does. What is left tells speakers apart, so an angle in this space means something.
    """
    train_x, train_labels = np.asarray(train_x, dtype=float), np.asarray(train_labels)
    means = np.stack([train_x[train_labels == k].mean(axis=0) for k in range(n_classes)])  # (C, D)
    around = train_x - means[train_labels]
    within = around.T @ around / len(train_x)
    width = len(within)
    within = within + SHRINKAGE * np.trace(within) / width * np.eye(width)
    variances, axes = np.linalg.eigh(within)
    whiten = axes / np.sqrt(variances) @ axes.T
    mean = means.mean(axis=0)
    return {"mean": mean, "whiten": whiten, "centroids": (means - mean) @ whiten}


def cosines(space, x):
    """The cosine between each clip and each speaker's centroid, seen from the mean of the speakers: (M, D) -> (M, C)."""
    embedded = (np.asarray(x) - space["mean"]) @ space["whiten"]
    lengths = np.linalg.norm(embedded, axis=1, keepdims=True) * np.linalg.norm(space["centroids"], axis=1)
    return embedded @ space["centroids"].T / np.maximum(lengths, 1e-12)


def by_centroid(train_x, train_labels, background_x, x, n_classes):
    """The cosine to the nearest speaker's centroid. Nothing adds up to 1: a clip may be far from everybody."""
    found = cosines(fit_space(train_x, train_labels, n_classes), x)
    return {"class": np.argmax(found, axis=1), "score": np.max(found, axis=1)}


WAYS = {"by_probability": by_probability, "by_background": by_background, "by_centroid": by_centroid}


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
    known, outsiders = np.sort(known_scores), np.sort(outsider_scores)
    thresholds = np.unique(np.concatenate([known, outsiders]))
    rejected = np.searchsorted(known, thresholds, side="left") / len(known)
    accepted = 1.0 - np.searchsorted(outsiders, thresholds, side="left") / len(outsiders)
    best = int(np.argmin(np.round(np.abs(accepted - rejected), 12)))
    return {"eer": float((accepted[best] + rejected[best]) / 2), "threshold": float(thresholds[best])}


def evaluate(validation_known, validation_outsiders, test_known, test_outsiders):
    """Scores of both parts to figures: {"threshold", "false_acceptance", "false_rejection", "eer"}.

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


def compare(train_x, train_labels, background_x, validation_x, validation_labels, test_x, test_labels, n_classes):
    """All three ways on the same clips: {way: what `evaluate` gives, and "identified"}, the share of test clips answered rightly.

    Right is the speaker's own number for a known speaker and -1 for an outsider.
    """
    validation_labels, test_labels = np.asarray(validation_labels), np.asarray(test_labels)
    table = {}
    for name, way in WAYS.items():
        both = way(train_x, train_labels, background_x, np.concatenate([validation_x, test_x]), n_classes)
        seen, classes = np.split(both["score"], [len(validation_x)]), both["class"][len(validation_x) :]
        outside = validation_labels == NOBODY, test_labels == NOBODY
        row = evaluate(seen[0][~outside[0]], seen[0][outside[0]], seen[1][~outside[1]], seen[1][outside[1]])
        right = decide(classes, seen[1], row["threshold"]) == test_labels
        table[name] = {**row, "identified": float(np.mean(right))}
    return table
