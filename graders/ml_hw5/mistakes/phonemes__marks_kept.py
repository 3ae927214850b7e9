"""You keep [SOS] and [EOS] as labels. They mark the ends of a transcript and belong to no frame: with them there are two
labels more than frames. Take what stands between them.
"""


def encode(transcript):
    return np.array([SYMBOLS.index(symbol) for symbol in transcript], dtype=np.int64)
