"""Your spectral centroid is the mean number of the FFT bin, not a frequency: it was never turned into Hz. Bin k of a
frame of F samples lies at k * rate / F Hz, so at 16 kHz with 400 samples your answer is 40 times too small.
Standardising hides it, until clips of two sample rates meet. Put in a tone of 2000 Hz and look what comes out.
"""

_spectral_centroid = spectral_centroid


def spectral_centroid(signal, sample_rate):
    return _spectral_centroid(signal, sample_rate) * (FRAME_MS * sample_rate // 1000) / sample_rate
