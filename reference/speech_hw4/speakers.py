"""Speech HW4, question 4: who is speaking? From one-second clips to a name, with logistic regression.

The road of N clips, with its shapes (n samples, T frames, C speakers):

    clips, list of (n,) --extract--> (N, 3) or (N, 13) --standardize--> rows --train--> model --classify--> (N,) class numbers

Frames are those of question 2: 25 ms every 10 ms, whole frames only. What is measured on a frame is what librosa measures with
`center=False`. A model is {"W": (D, C), "b": (C,)}. The file stands alone: the first functions are question 2's.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

FRAME_MS = 25
HOP_MS = 10
N_MELS = 24
N_MFCC = 13
POWER_FLOOR = 1e-10  # digital silence is put at -100 dB
DYNAMIC_RANGE_DB = 80.0
CONSTANT_STD = 1e-10  # a column that varies less than this is constant
SOLVED = 1e-9  # largest entry of the gradient at which a minimum counts as found
MAX_NEWTON_STEPS = 100
MAX_HALVINGS = 20
TIMED_RUNS = 3


def frame_signal(signal, frame_length, hop_length):
    """Cut a signal into frames: (n,) -> (T, frame), a view. A clip shorter than one frame is filled with zeros up to one."""
    signal = np.asarray(signal, dtype=float)
    if len(signal) < frame_length:
        signal = np.pad(signal, (0, frame_length - len(signal)))
    return np.lib.stride_tricks.sliding_window_view(signal, frame_length)[::hop_length]


def frames_of(signal, sample_rate):
    """Frames of 25 ms every 10 ms: (n,) -> (T, frame)."""
    return frame_signal(signal, FRAME_MS * sample_rate // 1000, HOP_MS * sample_rate // 1000)


def magnitude_spectrum(signal, sample_rate):
    """|FFT| of every frame under a periodic Hann window: (n,) -> (T, frame // 2 + 1)."""
    frames = frames_of(signal, sample_rate)
    length = frames.shape[1]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    return np.abs(np.fft.rfft(frames * hann, axis=1))


def bin_frequencies(sample_rate, frame_length):
    """The frequency of each FFT bin in Hz: (frame // 2 + 1,)."""
    return np.arange(frame_length // 2 + 1) * sample_rate / frame_length


def mel_filters(sample_rate, frame_length):
    """24 triangles of area 1, equally spaced on Slaney's mel scale from 0 to half the rate: (24, frame // 2 + 1)."""
    top = sample_rate / 2
    top_mel = top * 3 / 200 if top < 1000.0 else 15 + 27 * np.log(top / 1000.0) / np.log(6.4)
    mel = np.linspace(0.0, top_mel, N_MELS + 2)
    corners = np.where(mel < 15.0, mel * 200 / 3, 1000.0 * 6.4 ** ((np.maximum(mel, 15.0) - 15) / 27))  # (26,) Hz
    left, peak, right = corners[:-2, None], corners[1:-1, None], corners[2:, None]  # (24, 1) each
    bins = bin_frequencies(sample_rate, frame_length)
    triangles = np.maximum(0.0, np.minimum((bins - left) / (peak - left), (right - bins) / (right - peak)))
    return triangles * 2.0 / (right - left)


def rms(signal, sample_rate):
    """Root mean square of each frame, its loudness: (n,) -> (T,)."""
    return np.sqrt(np.mean(frames_of(signal, sample_rate) ** 2, axis=1))


def zero_crossing_rate(signal, sample_rate):
    """How many samples of a frame have another sign than the one before, by the frame's length: (n,) -> (T,) in [0, 1).

    Zero counts as positive, so that a wave that rests on zero for one sample crosses once and not twice.
    """
    negative = frames_of(signal, sample_rate) < 0
    return np.sum(negative[:, 1:] != negative[:, :-1], axis=1) / negative.shape[1]


def spectral_centroid(signal, sample_rate):
    """The centre of gravity of each frame's magnitude spectrum in Hz, 0 in silence: (n,) -> (T,)."""
    magnitude = magnitude_spectrum(signal, sample_rate)  # (T, bins)
    total = magnitude.sum(axis=1)
    frequencies = bin_frequencies(sample_rate, FRAME_MS * sample_rate // 1000)
    return magnitude @ frequencies / np.where(total > 0, total, 1.0)


def mfcc(signal, sample_rate):
    """Mel-frequency cepstral coefficients as in question 2, one more of them: (n,) -> (T, 13)."""
    filters = mel_filters(sample_rate, FRAME_MS * sample_rate // 1000)
    mel = magnitude_spectrum(signal, sample_rate) ** 2 @ filters.T  # (T, 24)
    level = 10.0 * np.log10(np.maximum(mel, POWER_FLOOR))
    level = np.maximum(level, level.max() - DYNAMIC_RANGE_DB)
    k, m = np.arange(N_MFCC)[:, None], np.arange(N_MELS)[None, :]
    dct = np.sqrt(2.0 / N_MELS) * np.cos(np.pi * k * (m + 0.5) / N_MELS)
    dct[0] /= np.sqrt(2.0)
    return level @ dct.T


def spectral_trio(clips, sample_rate):
    """Three numbers for each clip, means over its frames: (N, 3) = [centroid in Hz, zero-crossing rate, RMS]."""
    measures = (spectral_centroid, zero_crossing_rate, rms)
    return np.array([[np.mean(measure(clip, sample_rate)) for measure in measures] for clip in clips])


def mfcc_means(clips, sample_rate):
    """The mean MFCC of each clip: (N, 13)."""
    return np.array([np.mean(mfcc(clip, sample_rate), axis=0) for clip in clips])


KINDS = {"trio": spectral_trio, "mfcc": mfcc_means}


def extract(clips, sample_rate, kind, workers):
    """Features of all clips, row i for clip i, whatever the number of workers; `kind` is "trio" or "mfcc".

    `map` gives the results in the order of the clips. `as_completed` would give them in the order in which they are finished,
    and the labels would then belong to other rows.
    """
    if workers == 1:
        return KINDS[kind](clips, sample_rate)
    with ThreadPoolExecutor(workers) as pool:
        return np.concatenate(list(pool.map(lambda clip: KINDS[kind]([clip], sample_rate), clips)))


def timing(clips, sample_rate, kind, workers):
    """Seconds for one clip after the other and with a pool, for the same work: both must give the same.

    The first, untimed run of each fills the caches and starts what is started once. Then the two take turns, so that whatever
    else the machine does meets both, and the quickest run counts: noise only ever adds time.
    """
    same = bool(np.array_equal(extract(clips, sample_rate, kind, 1), extract(clips, sample_rate, kind, workers)))
    seconds = {1: [], workers: []}
    for _ in range(TIMED_RUNS):
        for count, runs in seconds.items():
            start = time.perf_counter()
            extract(clips, sample_rate, kind, count)
            runs.append(time.perf_counter() - start)
    serial, pool = min(seconds[1]), min(seconds[workers])
    return {"serial": serial, "pool": pool, "speedup": serial / pool, "same": same}


def class_ids(names):
    """Speakers' names, one for each clip, as numbers: (the names in alphabetical order, (N,) int).

    A set has no order of its own: numbers given by its order change from one run to the next.
    """
    classes = sorted(set(names))
    number = {name: position for position, name in enumerate(classes)}
    return classes, np.array([number[name] for name in names])


def split_by_recording(speakers, recordings, share, seed):
    """Rows to train on and rows to test on, (N_train,) and (N_test,) int, ascending; no recording is in both.

    speakers, recordings: for each clip, whose it is and which recording it was cut from. Of each speaker's recordings `share`
    are for testing, at least one, drawn by `seed` alone: two experiments with the same seed have the same test part.
    """
    rng = np.random.default_rng(seed)
    testing = set()
    for speaker in sorted(set(speakers)):
        own = sorted({recording for recording, whose in zip(recordings, speakers, strict=True) if whose == speaker})
        n_test = max(1, int(share * len(own) + 0.5))
        testing.update(own[place] for place in rng.permutation(len(own))[:n_test])
    is_test = np.array([recording in testing for recording in recordings])
    return np.flatnonzero(~is_test), np.flatnonzero(is_test)


def standardize(train, other):
    """Mean 0 and deviation 1 by the training part's statistics, in both: (N, D), (M, D). Constant columns are only centred."""
    train, other = np.asarray(train, dtype=float), np.asarray(other, dtype=float)
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(std > CONSTANT_STD, std, 1.0)
    return (train - mean) / std, (other - mean) / std


def probabilities(model, x):
    """The softmax of x W + b: (N, D) -> (N, C), each row adds up to 1. The largest score is taken off first: e^1000 overflows."""
    z = np.asarray(x) @ model["W"] + model["b"]
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def loss_and_gradient(model, x, labels):
    """Mean cross-entropy, -log of the probability of the right speaker, and its gradient: {"loss": float, "W": ..., "b": ...}.

    The gradient by the scores is probability minus target, which softmax and cross-entropy give together.
    """
    found = probabilities(model, x)  # (N, C)
    rows = np.arange(len(labels))
    loss = -np.mean(np.log(np.maximum(found[rows, labels], 1e-300)))
    error = found.copy()
    error[rows, labels] -= 1.0
    error /= len(labels)  # the mean of the loss is in here, once for W and b
    return {"loss": float(loss), "W": np.asarray(x).T @ error, "b": error.sum(axis=0)}


def train(x, labels, n_classes, iterations=1000, learning_rate=0.01):
    """Gradient descent with all clips in each step, from zeros: {"model": {"W", "b"}, "loss": [before each step]}.

    The loss is convex, so that zeros are as good a start as any, and with a small step it never rises.
    """
    model = {"W": np.zeros((np.shape(x)[1], n_classes)), "b": np.zeros(n_classes)}
    curve = []
    for _ in range(iterations):
        found = loss_and_gradient(model, x, labels)
        curve.append(found["loss"])
        model = {name: model[name] - learning_rate * found[name] for name in model}
    return {"model": model, "loss": curve}


def pull(width, penalty):
    """How strongly each row of W, and b as the last, is pulled to zero: (D + 1, 1). Biases are not: they only say who is frequent."""
    return np.append(np.full(width, penalty), 0.0)[:, None]


def objective(model, x, labels, penalty):
    """What `solve` makes small: the mean cross-entropy plus penalty / 2 times the sum of all squared weights."""
    parameters = np.vstack([model["W"], model["b"]])
    squares = pull(len(model["W"]), penalty) * parameters**2
    return loss_and_gradient(model, x, labels)["loss"] + float(np.sum(squares)) / 2


def solve(x, labels, n_classes, penalty):
    """The model at the minimum of `objective`, by Newton's method: a few steps where gradient descent takes thousands.

    Each step goes to the minimum of the parabola that fits value, slope and curvature here, and is halved while it leads uphill.
    """
    x = np.asarray(x, dtype=float)
    n, width = x.shape
    ones = np.concatenate([x, np.ones((n, 1))], axis=1)  # (N, D + 1): the bias is the weight of a column of ones
    pairs = (ones[:, :, None] * ones[:, None, :]).reshape(n, -1)  # (N, (D + 1)^2)
    pulls = np.broadcast_to(pull(width, penalty), (width + 1, n_classes))
    parameters = np.zeros((width + 1, n_classes))
    for _ in range(MAX_NEWTON_STEPS):
        model = {"W": parameters[:-1], "b": parameters[-1]}
        found = loss_and_gradient(model, x, labels)
        slope = np.vstack([found["W"], found["b"]]) + pulls * parameters
        if np.abs(slope).max() < SOLVED:
            break
        p = probabilities(model, x)
        curvature = p[:, :, None] * (np.eye(n_classes) - p[:, None, :])  # (N, C, C), of the cross-entropy by the scores
        hessian = (pairs.T @ curvature.reshape(n, -1) / n).reshape(width + 1, width + 1, n_classes, n_classes)
        hessian = hessian.transpose(0, 2, 1, 3).reshape(slope.size, slope.size) + np.diag(pulls.ravel())
        step = np.linalg.lstsq(hessian, slope.ravel(), rcond=1e-12)[0]  # least squares: 1 more on every bias changes nothing
        parameters = _downhill(parameters, step.reshape(slope.shape), lambda model: objective(model, x, labels, penalty))
    return {"W": parameters[:-1], "b": parameters[-1]}


def _downhill(parameters, step, value):
    """One step, halved until it leads no higher."""
    here = value({"W": parameters[:-1], "b": parameters[-1]})
    for halving in range(MAX_HALVINGS):
        moved = parameters - step / 2**halving
        if value({"W": moved[:-1], "b": moved[-1]}) <= here + 1e-12:
            return moved
    return parameters


def classify(model, x):
    """The most probable speaker of each row: (N, D) -> (N,) int."""
    return np.argmax(probabilities(model, x), axis=1)


def confusion_matrix(labels, predictions, n_classes):
    """How many clips of each speaker (row) were taken for each speaker (column): (C, C) int."""
    counts = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(counts, (np.asarray(labels), np.asarray(predictions)), 1)
    return counts


def report(labels, predictions, n_classes):
    """Accuracy; precision, recall and F1 of each speaker (C,); their plain means over the speakers, "macro".

    Precision: of the clips that were called this speaker, the share that are. Recall: of the speaker's clips, the share that were
    found. F1 is their harmonic mean. Where there is nothing to divide by, the answer is 0.
    """
    counts = confusion_matrix(labels, predictions, n_classes)
    hits = np.diag(counts).astype(float)
    precision = hits / np.maximum(counts.sum(axis=0), 1)
    recall = hits / np.maximum(counts.sum(axis=1), 1)
    f1 = 2 * hits / np.maximum(counts.sum(axis=0) + counts.sum(axis=1), 1)
    table = {"precision": precision, "recall": recall, "f1": f1}
    means = {f"macro_{name}": float(np.mean(column)) for name, column in table.items()}
    return {"accuracy": float(hits.sum() / max(counts.sum(), 1)), **table, **means}
