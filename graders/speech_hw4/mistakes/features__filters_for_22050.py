"""Your mel filters are placed for 22 050 Hz although the clip has another sample rate: the rate was not handed to the
function that builds them, so its default was taken. At 16 kHz every filter then sits at 0.726 of the frequency that it is
meant for. To see it, put a pure tone in and look which filter answers. Compute the frequency of each FFT bin with the rate of
the clip.
"""

_mel_filters = mel_filters


def mel_filters(sample_rate, n_fft):
    return _mel_filters(22050, n_fft)
