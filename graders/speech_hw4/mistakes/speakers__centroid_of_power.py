"""Your spectral centroid weighs the frequencies with the power, the squared magnitude. The usual definition, librosa's
too, weighs them with the magnitude itself. Squares let the strongest bins decide nearly alone, so your centroid lies
too low for speech. Leave out the square; a check with two tones of amplitude 1 and 2 shows the difference.
"""


def spectral_centroid(signal, sample_rate):
    power = magnitude_spectrum(signal, sample_rate) ** 2
    total = power.sum(axis=1)
    frequencies = bin_frequencies(sample_rate, FRAME_MS * sample_rate // 1000)
    return power @ frequencies / np.where(total > 0, total, 1.0)
