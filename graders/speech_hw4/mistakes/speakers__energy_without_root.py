"""Your RMS is the mean of the squares without the root: an energy, not a root mean square. A sound twice as loud then
counts four times, and the loudest clips stretch the scale of that column for all others. Take the square root of the
mean; for a tone of amplitude a the answer is a divided by the root of 2.
"""

_rms = rms


def rms(signal, sample_rate):
    return _rms(signal, sample_rate) ** 2
