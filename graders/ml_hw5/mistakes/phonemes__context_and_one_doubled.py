"""You count (context + 1) times 2 frames, 42 for a context of 20. The middle frame is there once, not twice: so many before
it, so many after it, and itself, 2 times context + 1 = 41. With 42 the window leans to one side.
"""


def frame_count(context):
    return 2 * (context + 1)


def offsets(context):
    return np.arange(-context, context + 2)
