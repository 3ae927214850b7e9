"""Your mel scale is 2595 log10(1 + f / 700), the one of the HTK toolkit. The handout asks for Slaney's: straight up to 1000
Hz, and logarithmic above. Both are honest descriptions of hearing, but filters at other places give other numbers, and
figures can only be compared where the scale is the same.
"""


def hz_to_mel(hz):
    return 2595.0 * np.log10(1.0 + np.asarray(hz, dtype=float) / 700.0)


def mel_to_hz(mel):
    return 700.0 * (10.0 ** (np.asarray(mel, dtype=float) / 2595.0) - 1.0)
