"""Your zeros stand before the clip. Then the beginning of a long word shares its columns with the middle of a short one. Put
the zero frames after the last frame, so that every clip begins in the first column.
"""


def flatten(clips, n_frames):
    rows = np.zeros((len(clips), n_frames, np.shape(clips[0])[1]))
    for row, clip in zip(rows, clips, strict=True):
        kept = np.asarray(clip)[:n_frames]
        row[n_frames - len(kept) :] = kept
    return rows.reshape(len(clips), -1)
