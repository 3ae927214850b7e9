"""Your mel filters are those of 22 050 Hz, whatever the clip's sample rate: the rate was not passed on, and 22 050 is the
library's default. At 16 kHz every pitch is then taken for 1.38 times what it is. A tone of 1 kHz at two sample rates shows it. Pass
the sample rate (sr=sample_rate).
"""

_mel_filters = mel_filters


def mel_filters(sample_rate):
    return _mel_filters(22050)
