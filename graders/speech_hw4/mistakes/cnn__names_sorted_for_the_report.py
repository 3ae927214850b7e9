"""You sort the names before you print them. Row k belongs to class k, which is called label_names[k]; sorted, the rows get each
other's names unless they were in that order before. Take the names as they come.
"""

_report = report


def report(true, predicted, label_names):
    return _report(true, predicted, sorted(label_names))
