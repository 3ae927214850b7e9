"""Your zero-crossing rate counts the changes of sign in a frame but does not divide by the frame's length. The count
doubles when the sample rate doubles, although the sound is the same, so it is no rate. Divide by the number of
samples of the frame: for a tone of f Hz the answer is then about 2 f / rate.
"""

_zero_crossing_rate = zero_crossing_rate


def zero_crossing_rate(signal, sample_rate):
    return _zero_crossing_rate(signal, sample_rate) * (FRAME_MS * sample_rate // 1000)
