"""Your cepstra are (13, T), as librosa gives them. A sequence has time first: (T, 13), one row for each frame. An LSTM that is
fed the other way round steps over coefficients and complains about nothing. Add `.T`.
"""

_mfcc_sequence = mfcc_sequence


def mfcc_sequence(signal, sample_rate):
    return _mfcc_sequence(signal, sample_rate).T
