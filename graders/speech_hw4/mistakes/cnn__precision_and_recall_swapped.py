"""You divide by the row where the column is meant, and the other way round: precision and recall have changed places. Precision
asks, of all clips that were taken for this class, how many are; recall, of all that are, how many were found. F1 does not show it.
"""

_report = report


def report(true, predicted, label_names):
    rows = _report(true, predicted, label_names)
    return [{**row, "precision": row["recall"], "recall": row["precision"]} for row in rows]
