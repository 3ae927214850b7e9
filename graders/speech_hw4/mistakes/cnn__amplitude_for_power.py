"""Your mel bands add up amplitudes, |FFT|, where powers, |FFT|^2, are wanted, and 10 log10 of an amplitude is half the decibels.
A contrast of 40 dB shows as 20. Square the magnitudes before the mel filters.
"""

_power_spectrum = power_spectrum


def power_spectrum(signal):
    return np.sqrt(_power_spectrum(signal))
