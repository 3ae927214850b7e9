"""Every checkpoint writes the same, since the one that was loaded first is kept and used for all. Before and after fine-tuning are then
one network, and a table of the two compares it with itself. Keep what you have loaded by the name of its folder
(`functools.lru_cache` on a function of the path does that), and see that a folder which was written anew is read anew.
"""

_first = []


def parts_of(checkpoint):
    if not _first:
        _first.append(load(str(checkpoint), 0))
    return _first[0]
