"""Your triangles all have the height 1. In the mel filter bank of the handout they all have the same area: each is divided by
half its width in Hz. Without that the wide filters at high frequencies collect more power only for being wide. Multiply each
triangle by 2 / (right corner - left corner).
"""

_mel_filters = mel_filters


def mel_filters(sample_rate, n_fft):
    corners = mel_to_hz(np.linspace(0.0, hz_to_mel(sample_rate / 2), N_MELS + 2))
    return _mel_filters(sample_rate, n_fft) * (corners[2:, None] - corners[:-2, None]) / 2.0
