"""The sampling rate was not looked at: samples at 44.1 kHz were read as if they were at 16 kHz. Speech then sounds slow and
deep, and Whisper writes something else, without a warning. Play such a recording at 16 kHz and listen. Resample whatever
comes to the rate of the feature extractor (`extractor.sampling_rate`).
"""


def prepare(audio, sample_rate, wanted):
    samples = np.asarray(audio, dtype=np.float64)
    return (samples.mean(axis=1) if samples.ndim == 2 else samples).astype(np.float32)
