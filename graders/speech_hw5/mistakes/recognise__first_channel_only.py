"""Of two channels only the first was heard. Speech may be on the other one: an open input on the left and the microphone on the
right is common. Average over the channels, `audio.mean(axis=1)` for samples of shape (n, 2), before anything else is done.
"""


def prepare(audio, sample_rate, wanted):
    samples = np.asarray(audio, dtype=np.float64)
    samples = samples[:, 0] if samples.ndim == 2 else samples
    length = round(len(samples) * wanted / sample_rate)
    if length != len(samples):
        spectrum = np.fft.rfft(samples)[: length // 2 + 1]
        samples = np.fft.irfft(spectrum, length) * length / len(samples)
    return samples.astype(np.float32)
