"""You look for neighbours whose product is negative. Where the wave stands exactly on zero for a sample, as stored
16-bit sound often does, both products are zero and the crossing is lost. Count zero as positive and compare signs: (x
< 0) of a sample with (x < 0) of the one before. The sequence 1, 0, -1 crosses once.
"""


def zero_crossing_rate(signal, sample_rate):
    frames = frames_of(signal, sample_rate)
    return np.sum(frames[:, 1:] * frames[:, :-1] < 0, axis=1) / frames.shape[1]
