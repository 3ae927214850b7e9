"""You take every recording for one at 22 050 Hz, librosa's default rate. At another rate, your frames last longer or shorter than
25 ms, and your mel filters sit at wrong frequencies. Pass `sr=sample_rate`, and compute the frame from it.
"""

_mfcc_sequence = mfcc_sequence


def mfcc_sequence(signal, sample_rate):
    return _mfcc_sequence(signal, 22050)
