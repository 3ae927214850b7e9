"""Your path runs from the end to the start, as it comes out of the table. Turn it round: it begins with (0, 0). Whoever
plots or averages along it expects time to run forwards.
"""

_dtw_path = dtw_path


def dtw_path(x, y):
    return _dtw_path(x, y)[::-1]
