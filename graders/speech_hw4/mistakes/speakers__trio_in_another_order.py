"""The columns of your spectral trio stand in another order than the handout's: RMS, zero-crossing rate, centroid. Your
own model does not mind, but whoever reads column 0 as a frequency does. A design matrix is a table without headings,
so its order is part of its meaning. Put the centroid first, then the zero-crossing rate, then RMS.
"""

_spectral_trio = spectral_trio


def spectral_trio(clips, sample_rate):
    return _spectral_trio(clips, sample_rate)[:, ::-1]
