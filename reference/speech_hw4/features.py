"""Speech HW4, question 2: from a sound to numbers that a network can read.

The road of one clip, with its shapes (n samples, T frames):

    signal (n,) --mfcc--> (T, 12) --features--> (T, 36) --flatten or time_mean--> one row of the design matrix

Conventions: time runs along axis 0, as in a film of T pictures; frames last 25 ms and start every 10 ms; only whole frames
count, nothing is padded at the ends. The cepstra follow Slaney's Auditory Toolbox, as librosa does with `center=False`.
"""

import numpy as np

FRAME_MS = 25  # long enough for two periods of a deep voice, short enough that the mouth stands still
HOP_MS = 10  # frames overlap by 60 %, so that no sample is missed
N_MELS = 24
N_MFCC = 12
POWER_FLOOR = 1e-10  # log(0) is -inf: digital silence is put at -100 dB
DYNAMIC_RANGE_DB = 80.0
DELTA_REACH = 2  # frames looked at on each side for the slope
CONSTANT_STD = 1e-10  # a column that varies less than this is constant


def frame_signal(signal, frame_length, hop_length):
    """Cut a signal into overlapping frames: (n,) -> (T, frame_length), T = 1 + (n - frame_length) // hop_length.

    Samples after the last whole frame are left out. A clip shorter than one frame is filled with zeros up to one.
    """
    signal = np.asarray(signal, dtype=float)
    if len(signal) < frame_length:
        signal = np.pad(signal, (0, frame_length - len(signal)))
    windows = np.lib.stride_tricks.sliding_window_view(signal, frame_length)  # (n - frame_length + 1, frame_length), a view
    return windows[::hop_length]


def hz_to_mel(hz):
    """Slaney's mel scale: linear below 1000 Hz (15 mel), logarithmic above (27 mel for a factor of 6.4)."""
    hz = np.asarray(hz, dtype=float)
    return np.where(hz < 1000.0, hz * 3 / 200, 15 + 27 * np.log(np.maximum(hz, 1000.0) / 1000.0) / np.log(6.4))


def mel_to_hz(mel):
    """The inverse of `hz_to_mel`."""
    mel = np.asarray(mel, dtype=float)
    return np.where(mel < 15.0, mel * 200 / 3, 1000.0 * 6.4 ** ((np.maximum(mel, 15.0) - 15) / 27))


def mel_filters(sample_rate, n_fft):
    """24 triangles, equally spaced in mel from 0 to half the sample rate: (24, n_fft // 2 + 1).

    Triangle m rises from corner m to corner m + 1 and falls to corner m + 2. Each has area 1 over Hz, so a wide filter does
    not sound louder only for being wide.
    """
    bins = np.arange(n_fft // 2 + 1) * sample_rate / n_fft  # Hz of each FFT bin
    corners = mel_to_hz(np.linspace(0.0, hz_to_mel(sample_rate / 2), N_MELS + 2))  # (26,) Hz
    left, peak, right = corners[:-2, None], corners[1:-1, None], corners[2:, None]  # (24, 1) each
    rising = (bins - left) / (peak - left)  # (24, bins)
    falling = (right - bins) / (right - peak)
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return triangles * 2.0 / (right - left)


def dct_matrix(n_out, n_in):
    """The first rows of the orthonormal DCT-II: (n_out, n_in); row 0 is constant, row k makes k half turns."""
    k, m = np.arange(n_out)[:, None], np.arange(n_in)[None, :]
    matrix = np.sqrt(2.0 / n_in) * np.cos(np.pi * k * (m + 0.5) / n_in)
    matrix[0] /= np.sqrt(2.0)
    return matrix


def power_to_db(power):
    """10 log10 of a power, at least -100 dB and never more than 80 dB below the clip's loudest value."""
    level = 10.0 * np.log10(np.maximum(power, POWER_FLOOR))
    return np.maximum(level, level.max() - DYNAMIC_RANGE_DB)


def mfcc(signal, sample_rate):
    """Mel-frequency cepstral coefficients: (n,) in [-1, 1] -> (T, 12)."""
    frame_length = FRAME_MS * sample_rate // 1000
    hop_length = HOP_MS * sample_rate // 1000
    frames = frame_signal(signal, frame_length, hop_length)  # (T, frame)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(frame_length) / frame_length)  # periodic: the period is the frame itself
    power = np.abs(np.fft.rfft(frames * hann, axis=1)) ** 2  # (T, bins)
    mel = power @ mel_filters(sample_rate, frame_length).T  # (T, 24)
    return power_to_db(mel) @ dct_matrix(N_MFCC, N_MELS).T  # (T, 12)


def delta(features):
    """Slope of each column over time, by least squares over five frames: (T, D) -> (T, D).

    d[t] = sum_n n (c[t + n] - c[t - n]) / (2 sum_n n^2), n = 1, 2; before the first and after the last frame, that frame repeats.
    """
    features = np.asarray(features, dtype=float)
    n_frames = len(features)
    padded = np.pad(features, ((DELTA_REACH, DELTA_REACH), (0, 0)), mode="edge")  # (T + 4, D)
    slope = np.zeros_like(features)
    for n in range(1, DELTA_REACH + 1):
        after = padded[DELTA_REACH + n :][:n_frames]
        before = padded[DELTA_REACH - n :][:n_frames]
        slope += n * (after - before)
    return slope / (2 * sum(n * n for n in range(1, DELTA_REACH + 1)))


def features(signal, sample_rate):
    """Where the cepstrum is, where it goes, how that changes: (n,) -> (T, 36) = [mfcc, delta, delta of delta]."""
    cepstra = mfcc(signal, sample_rate)
    speed = delta(cepstra)
    return np.concatenate([cepstra, speed, delta(speed)], axis=1)


def flatten(clips, n_frames):
    """Rows of equal length from clips of different length: list of (T_i, D) -> (N, n_frames * D).

    Short clips get zero frames at their end, long ones lose their last frames; only then is a clip read row by row. So one
    column means the same coefficient of the same frame in every clip.
    """
    rows = np.zeros((len(clips), n_frames, np.shape(clips[0])[1]))
    for row, clip in zip(rows, clips, strict=True):
        kept = np.asarray(clip)[:n_frames]
        row[: len(kept)] = kept
    return rows.reshape(len(clips), -1)  # (N, n_frames, D) -> (N, n_frames * D)


def time_mean(clips):
    """The average frame of each clip: list of (T_i, D) -> (N, D). Order in time is lost."""
    return np.stack([np.mean(clip, axis=0) for clip in clips])


def standardize(train, other):
    """Zero mean and unit deviation, measured on the training part alone: (N, D), (M, D) -> (N, D), (M, D).

    The other part is data that the model has never seen, so nothing of it may be used, not even its mean. Columns that are
    constant in the training part are only centred: dividing by next to nothing would blow up noise.
    """
    train, other = np.asarray(train, dtype=float), np.asarray(other, dtype=float)
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(std > CONSTANT_STD, std, 1.0)
    return (train - mean) / std, (other - mean) / std
