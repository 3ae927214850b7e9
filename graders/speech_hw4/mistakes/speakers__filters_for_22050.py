"""Your mel filters are placed for 22 050 Hz although the clip has another sample rate: the rate was left out of the
call, and the library's default stepped in. At 16 kHz every filter then sits at 0.726 of the frequency that it is
meant for. Nothing fails and the accuracy hardly suffers, so only a pure tone shows it: look which filter answers.
Hand the clip's own rate down to whatever builds the filters.
"""

_mel_filters = mel_filters


def mel_filters(sample_rate, frame_length):
    return _mel_filters(22050, frame_length)
