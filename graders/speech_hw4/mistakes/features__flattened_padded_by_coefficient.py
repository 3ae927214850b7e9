"""You pad in time, which is right, but then read each clip coefficient by coefficient. Every clip is treated alike, so a
network could learn from it; but the handout fixes the order of the columns, so that results can be compared: frame after
frame, the D numbers of the first frame first.
"""

_flatten = flatten


def flatten(clips, n_frames):
    width = np.shape(clips[0])[1]
    return _flatten(clips, n_frames).reshape(len(clips), n_frames, width).swapaxes(1, 2).reshape(len(clips), -1)
