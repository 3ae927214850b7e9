"""You number the symbols in an order of your own: sorted, or as a set gave them. Training does not notice, but your numbers
mean other phonemes than everyone else's, and accuracy against labels of others falls to chance. Keep the order of the
handout's list, [SIL] first.
"""


def encode(transcript):
    order = sorted(SYMBOLS)
    return np.array([order.index(symbol) for symbol in transcript[1:-1]], dtype=np.int64)
