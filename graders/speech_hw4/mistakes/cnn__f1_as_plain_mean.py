"""Your F1 is the plain mean of precision and recall. It is their harmonic mean, 2 P R / (P + R), which is small as soon as one of them
is: a class that is always named has recall 1 and must not get more than a half for it.
"""

_report = report


def report(true, predicted, label_names):
    rows = _report(true, predicted, label_names)
    return [{**row, "f1": (row["precision"] + row["recall"]) / 2} for row in rows]
