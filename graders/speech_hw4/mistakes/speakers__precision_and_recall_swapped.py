"""Precision and recall have changed places. Precision asks about the answers: of all clips that were called this
speaker, the share that are (divide by the column's sum). Recall asks about the speaker: of all of her clips, the
share that were found (divide by the row's sum). F1 is the same either way, so it does not give the slip away.
"""

_report = report


def report(labels, predictions, n_classes):
    found = _report(labels, predictions, n_classes)
    swapped = {"precision": found["recall"], "recall": found["precision"]}
    return {**found, **swapped, "macro_precision": found["macro_recall"], "macro_recall": found["macro_precision"]}
