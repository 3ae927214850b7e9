"""Your filters add up magnitudes |X|, not powers |X|^2. The mel energies of the handout are sums of power; the sum of
magnitudes is not the root of the sum of powers, so no later step makes good for it. Square the magnitude of the spectrum
before the filters.
"""


def mfcc(signal, sample_rate):
    frame_length = FRAME_MS * sample_rate // 1000
    frames = frame_signal(signal, frame_length, HOP_MS * sample_rate // 1000)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(frame_length) / frame_length)
    magnitude = np.abs(np.fft.rfft(frames * hann, axis=1))
    return power_to_db(magnitude @ mel_filters(sample_rate, frame_length).T) @ dct_matrix(N_MFCC, N_MELS).T
