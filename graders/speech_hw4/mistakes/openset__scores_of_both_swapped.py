"""Your EER treats the outsiders' scores as the known ones and the other way round, so good scores look like terrible
ones: you find 1 minus the EER. An EER above one half nearly always means that a sign or a pair of arguments is turned
round. Known speakers should score high.
"""

_eer = eer


def eer(known_scores, outsider_scores):
    return _eer(outsider_scores, known_scores)
