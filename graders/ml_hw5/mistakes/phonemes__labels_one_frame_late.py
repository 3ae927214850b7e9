"""You keep [SOS] and cut the surplus off at the end. Lengths fit now, but every label stands one frame too late, and the
first frame is called [SOS]. Nothing crashes, and the context hides most of the harm. Drop the first and the last symbol.
"""


def encode(transcript):
    return np.array([SYMBOLS.index(symbol) for symbol in transcript[:-2]], dtype=np.int64)
