"""Your 13 coefficients are numbers 1 to 13: coefficient 0 was dropped and another taken at the end. Some recipes leave
out number 0, which is the mean level, because the distance to the microphone changes it; here the handout asks for 0
to 12. Look at digital silence: coefficient 0 must be -489.9 and all others 0.
"""


def mfcc(signal, sample_rate):
    filters = mel_filters(sample_rate, FRAME_MS * sample_rate // 1000)
    mel = magnitude_spectrum(signal, sample_rate) ** 2 @ filters.T
    level = 10.0 * np.log10(np.maximum(mel, POWER_FLOOR))
    level = np.maximum(level, level.max() - DYNAMIC_RANGE_DB)
    k, m = np.arange(1, N_MFCC + 1)[:, None], np.arange(N_MELS)[None, :]
    return level @ (np.sqrt(2.0 / N_MELS) * np.cos(np.pi * k * (m + 0.5) / N_MELS)).T
