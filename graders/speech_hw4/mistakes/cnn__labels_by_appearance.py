"""You number the genres in the order in which they appear. Labels and names agree with each other, but the order depends on how a
disk lists its folders: on another machine the same weights mean other genres. The handout sorts the names by the alphabet.
"""


def encode(genres):
    names = list(dict.fromkeys(genres))
    return np.array([names.index(genre) for genre in genres]), names
