"""You make clips equally large by cutting: 128 frames are the first three seconds, and of a clip of half a minute nine tenths are
never looked at; short clips are filled up with silence. The handout scales the whole picture to 128 x 128 instead.
"""


def resize(image):
    kept = image[:SIDE]
    return np.pad(kept, ((0, SIDE - len(kept)), (0, 0)), constant_values=-DYNAMIC_RANGE_DB)
