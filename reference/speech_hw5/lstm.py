"""Speech HW5, question 4 and its bonus: recurrent networks that name the genre of a track.

The road of one track, with its shapes (n samples, T frames):

    signal (n,) --mfcc_sequence--> (T, 13) --standardize--> (T, 13) --LSTM over time--> (64,) --Dense--> 10 probabilities

Time runs along axis 0 of one track and along axis 1 of N tracks, (N, T, 13): an LSTM steps along time, and what it sees in one
step is one frame. Networks are PyTorch's; their parameters are counted as Keras counts them, because they are built that way:
one bias for each LSTM (see `lstm`).
"""

from pathlib import Path

import numpy as np
import torch
from scipy.stats import binomtest, norm
from torch import nn

FRAME_MS = 25
HOP_LENGTH = 512  # samples; 23 ms at 22 050 Hz: 1291 frames in 30 s, as many as an LSTM can still be trained on
N_MELS = 40
N_MFCC = 13
POWER_FLOOR = 1e-10  # log(0) is -inf: digital silence is put at -100 dB
DYNAMIC_RANGE_DB = 80.0
CONSTANT_STD = 1e-10  # a coefficient that varies less than this is constant

N_GENRES = 10
MODELS = {  # units of each LSTM, and whether it reads both ways
    "lstm_64_64": ((64, 64), False),
    "lstm_128": ((128,), False),
    "bilstm_64_64": ((64, 64), True),
    "bilstm_128": ((128,), True),
}
HIDDEN = 64
DROPOUT = 0.3
FRAMES_PER_STEP = 8  # `classify` averages so many frames to one time step, 186 ms: an eighth of the work, and order is kept


# From sound to numbers.


def hz_to_mel(hz):
    """Slaney's mel scale: linear below 1000 Hz (15 mel), logarithmic above (27 mel for a factor of 6.4)."""
    hz = np.asarray(hz, dtype=float)
    return np.where(hz < 1000.0, hz * 3 / 200, 15 + 27 * np.log(np.maximum(hz, 1000.0) / 1000.0) / np.log(6.4))


def mel_to_hz(mel):
    """The inverse of `hz_to_mel`."""
    mel = np.asarray(mel, dtype=float)
    return np.where(mel < 15.0, mel * 200 / 3, 1000.0 * 6.4 ** ((np.maximum(mel, 15.0) - 15) / 27))


def mel_filters(sample_rate, n_fft):
    """40 triangles of area 1 over Hz, equally spaced in mel from 0 to half the sample rate: (40, n_fft // 2 + 1)."""
    bins = np.arange(n_fft // 2 + 1) * sample_rate / n_fft  # Hz of each FFT bin
    corners = mel_to_hz(np.linspace(0.0, hz_to_mel(sample_rate / 2), N_MELS + 2))  # (42,) Hz
    left, peak, right = corners[:-2, None], corners[1:-1, None], corners[2:, None]  # (40, 1) each
    triangles = np.maximum(0.0, np.minimum((bins - left) / (peak - left), (right - bins) / (right - peak)))
    return triangles * 2.0 / (right - left)


def dct_matrix(n_out, n_in):
    """The first rows of the orthonormal DCT-II: (n_out, n_in); row 0 is constant, row k makes k half turns."""
    k, m = np.arange(n_out)[:, None], np.arange(n_in)[None, :]
    matrix = np.sqrt(2.0 / n_in) * np.cos(np.pi * k * (m + 0.5) / n_in)
    matrix[0] /= np.sqrt(2.0)
    return matrix


def power_to_db(power):
    """10 log10 of a power, at least -100 dB and never more than 80 dB below the track's loudest value."""
    level = 10.0 * np.log10(np.maximum(power, POWER_FLOOR))
    return np.maximum(level, level.max() - DYNAMIC_RANGE_DB)


def mfcc_sequence(signal, sample_rate):
    """The 13 cepstral coefficients of every frame, time first: (n,) in [-1, 1] -> (T, 13), T = 1 + (n - frame) // 512.

    `librosa.feature.mfcc(y=signal, sr=sample_rate, n_mfcc=13, n_fft=frame, hop_length=512, n_mels=40, center=False)` gives the same,
    with time second.
    """
    frame = FRAME_MS * sample_rate // 1000
    signal = np.asarray(signal, dtype=float)
    frames = np.lib.stride_tricks.sliding_window_view(signal, frame)[::HOP_LENGTH]  # (T, frame)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(frame) / frame)
    power = np.abs(np.fft.rfft(frames * hann, axis=1)) ** 2  # (T, bins)
    mel = power @ mel_filters(sample_rate, frame).T  # (T, 40)
    return power_to_db(mel) @ dct_matrix(N_MFCC, N_MELS).T  # (T, 13)


def time_mean(sequence):
    """The average frame: (T, 13) -> (13,). All order in time is gone."""
    return np.mean(sequence, axis=0)


def coefficients_as_steps(sequence):
    """The average frame dressed as a sequence of 13 steps of width 1: (T, 13) -> (13, 1).

    An LSTM takes it without complaint, but its steps go from coefficient to coefficient. They are not moments: nothing that such a
    network shows is about time.
    """
    return time_mean(sequence)[:, None]


def standardize(train, other):
    """Every coefficient with mean 0 and deviation 1 over all frames of the training part: (N, T, D), (M, T, D) -> the same shapes.

    The other part is scaled with the training part's numbers, since nothing of it may be known.
    """
    train, other = np.asarray(train, dtype=float), np.asarray(other, dtype=float)
    mean, std = statistics(train)
    return (train - mean) / std, (other - mean) / std


def statistics(sequences):
    """Mean and deviation of every coefficient over all tracks and frames: (N, T, D) -> (D,), (D,)."""
    mean, std = np.mean(sequences, axis=(0, 1)), np.std(sequences, axis=(0, 1))
    return mean, np.where(std > CONSTANT_STD, std, 1.0)


def split(groups, share, seed):
    """Which tracks validate: (N,) artist names -> (N,) True for about `share` of the artists, drawn by the seed, with all their tracks.

    Tracks of one artist share voices, instruments and the studio. With an artist in both parts, a network is paid for knowing her.
    """
    groups = np.asarray(groups)
    names = np.unique(groups)
    count = max(1, round(share * len(names)))
    return np.isin(groups, np.random.default_rng(seed).permutation(names)[:count])


# The networks.


def lstm(width, units, both_ways):
    """One LSTM over (B, T, width), time second, with one bias.

    torch.nn has two biases, which are added up before anything else happens: twice the numbers, not one function more, and Adam moves
    their sum twice as far. The second one is kept at zero and is no parameter then. The start is Keras's: orthogonal recurrent
    weights, and forget gates that remember at first (bias 1).
    """
    layer = nn.LSTM(width, units, batch_first=True, bidirectional=both_ways)
    for name, value in layer.named_parameters():
        if name.startswith("weight_ih"):
            nn.init.xavier_uniform_(value)
        elif name.startswith("weight_hh"):
            nn.init.orthogonal_(value)
        else:
            nn.init.zeros_(value)
            value.requires_grad_(name.startswith("bias_ih"))
        if name.startswith("bias_ih"):
            nn.init.ones_(value.data[units : 2 * units])  # the gates stand in the order input, forget, cell, output
    return layer


class Network(nn.Module):
    """LSTMs one upon the other, Dense 64 ReLU, Dropout 0.3, Dense n_classes: (B, T, width) -> (B, n_classes) scores."""

    def __init__(self, name, width, n_classes=N_GENRES):
        super().__init__()
        units, self.both_ways = MODELS[name]
        self.recurrent = nn.ModuleList()
        for size in units:
            self.recurrent.append(lstm(width, size, self.both_ways))
            width = size * (2 if self.both_ways else 1)  # the next layer reads both halves
        self.hidden = nn.Linear(width, HIDDEN)
        self.dropout = nn.Dropout(DROPOUT)
        self.output = nn.Linear(HIDDEN, n_classes)

    def forward(self, x):
        """Scores, before softmax: the loss takes them as they are."""
        for layer in self.recurrent:
            x, _ = layer(x)  # (B, T, units, or twice that)
        return self.output(self.dropout(torch.relu(self.hidden(self.summary(x)))))

    def summary(self, x):
        """What the last LSTM knows in the end: (B, T, W) -> (B, W).

        The forward half has heard the whole track at the last step; the backward half, which starts at the end, at the first.
        """
        if not self.both_ways:
            return x[:, -1]
        half = x.shape[2] // 2
        return torch.cat([x[:, -1, :half], x[:, 0, half:]], dim=1)


def count(module):
    """The numbers that training changes."""
    return sum(value.numel() for value in module.parameters() if value.requires_grad)


def layers(name, input_shape, n_classes):
    """The network's table: a row for each layer with its kind, its output shape without the batch, and its parameters."""
    steps, width = input_shape
    network = Network(name, width, n_classes)
    rows = []
    for number, layer in enumerate(network.recurrent, start=1):
        size = layer.hidden_size * (2 if network.both_ways else 1)
        shape = [steps, size] if number < len(network.recurrent) else [size]
        rows.append({"layer": "BiLSTM" if network.both_ways else "LSTM", "shape": shape, "parameters": count(layer)})
    last = [("Dense", HIDDEN, count(network.hidden)), ("Dropout", HIDDEN, 0), ("Dense", n_classes, count(network.output))]
    return rows + [{"layer": kind, "shape": [size], "parameters": number} for kind, size, number in last]


# Training and deciding.


def train(name, inputs, labels, validation_inputs, validation_labels, *, epochs, learning_rate, batch_size, seed, folder):
    """A new network, taught with Adam: (N, T, D), (N,) -> four curves with one value for each epoch. The last weights go into `folder`.

    `loss` and `accuracy` are met on the way, with dropout on: each batch is judged just before the network learns from it, so epoch 1
    tells how it started. The validation curves are taken after each epoch, with dropout off.
    """
    torch.manual_seed(seed)
    inputs, labels = as_inputs(inputs), torch.as_tensor(np.asarray(labels, dtype=np.int64))
    network = Network(name, inputs.shape[2])
    optimizer = torch.optim.Adam([value for value in network.parameters() if value.requires_grad], learning_rate)
    curves = {"loss": [], "accuracy": [], "validation_loss": [], "validation_accuracy": []}
    for _ in range(epochs):
        met = teach(network, optimizer, inputs, labels, batch_size)
        rows = decide(network, validation_inputs)
        after = cross_entropy(rows, validation_labels), float(np.mean(rows.argmax(axis=1) == validation_labels))
        for curve, value in zip(curves.values(), (*met, *after), strict=True):
            curve.append(value)
    save(network, name, folder)
    return curves


def teach(network, optimizer, inputs, labels, batch_size):
    """One epoch: every track once, in a new order. Returns the mean loss and the accuracy met on the way."""
    network.train()
    total, hits = 0.0, 0
    for rows in torch.randperm(len(inputs)).split(batch_size):
        scores = network(inputs[rows])  # (B, 10)
        loss = nn.functional.cross_entropy(scores, labels[rows])  # takes scores: softmax is inside
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += float(loss.detach()) * len(rows)
        hits += int((scores.argmax(dim=1) == labels[rows]).sum())
    return total / len(inputs), hits / len(inputs)


def decide(network, inputs):
    """Probabilities of the classes, with dropout off: (N, T, D) -> (N, 10)."""
    network.eval()
    with torch.no_grad():
        parts = [torch.softmax(network(part), dim=1) for part in as_inputs(inputs).split(256)]
    return torch.cat(parts).numpy()


def predict(name, inputs, folder):
    """Probabilities from the weights in `folder`: (N, T, D) -> (N, 10)."""
    return decide(restore(name, folder), inputs)


def cross_entropy(probabilities, labels):
    """Mean of -log of the right classes' probabilities."""
    right = probabilities[np.arange(len(labels)), np.asarray(labels, dtype=int)]
    return float(-np.mean(np.log(np.maximum(right, 1e-30))))


def as_inputs(inputs):
    """(N, T, D) in the networks' precision."""
    return torch.as_tensor(np.asarray(inputs, dtype=np.float32))


def save(network, name, folder):
    """Write the weights as plain arrays, which any framework can read."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    np.savez(Path(folder) / f"{name}.npz", **{key: value.numpy() for key, value in network.state_dict().items()})


def restore(name, folder):
    """A network from the weights in `folder`; half precision is widened."""
    with np.load(Path(folder) / f"{name}.npz") as stored:
        state = {key: torch.as_tensor(stored[key].astype(np.float32)) for key in stored.files}
    network = Network(name, state["recurrent.0.weight_ih_l0"].shape[1])
    network.load_state_dict(state)
    return network


# The network that is handed in, with its weights.


def steps(sequences):
    """Eight frames become one time step, their mean: (N, T, 13) -> (N, T // 8, 13)."""
    sequences = np.asarray(sequences, dtype=float)
    whole = sequences.shape[1] // FRAMES_PER_STEP
    return sequences[:, : whole * FRAMES_PER_STEP].reshape(len(sequences), whole, FRAMES_PER_STEP, -1).mean(axis=2)


def prepare(sequences, labels, validation_sequences, validation_labels, *, name, epochs, learning_rate, seed, folder):
    """Train the network to be handed in and write all that `classify` needs: the weights, and how its inputs were scaled."""
    scaled = standardize(steps(sequences), steps(validation_sequences))
    curves = train(
        *(name, scaled[0], labels, scaled[1], validation_labels),
        **{"epochs": epochs, "learning_rate": learning_rate, "batch_size": 32, "seed": seed, "folder": folder},
    )
    mean, std = statistics(steps(sequences))
    np.savez(Path(folder) / "scale.npz", mean=mean, std=std, name=np.array(name))
    return curves


def classify(sequences, folder):
    """Probabilities of the genres from raw cepstra, by the network in `folder`: (N, T, 13) -> (N, 10)."""
    with np.load(Path(folder) / "scale.npz") as scale:
        mean, std, name = scale["mean"], scale["std"], str(scale["name"])
    return predict(name, (steps(sequences) - mean) / std, folder)


# Bonus: sizes, and whether one network is better than another.


def lstm_parameters(width, units, bidirectional):
    """Parameters of one LSTM: four gates, each with weights for the input and for the state, and a bias."""
    one_way = 4 * units * (width + units + 1)
    return 2 * one_way if bidirectional else one_way


def wide_minus_stacked(width):
    """How many parameters more one LSTM of 128 has than two of 64: 256 width + 16384, above 0 for every width."""
    return lstm_parameters(width, 128, False) - lstm_parameters(width, 64, False) - lstm_parameters(64, 64, False)


def compare_counts(hits_a, hits_b, n):
    """Two-sided p-value that two networks, each tested on n tracks of its own, differ: the normal test for two shares.

    Shares alone cannot tell more. On the same tracks, use `compare`.
    """
    pooled = (hits_a + hits_b) / (2 * n)
    if pooled in (0.0, 1.0):
        return 1.0
    z = (hits_a - hits_b) / n / np.sqrt(pooled * (1 - pooled) * 2 / n)
    return float(2 * norm.sf(abs(z)))


def compare(correct_a, correct_b):
    """Two-sided p-value that two networks differ on the same tracks, by McNemar's exact test: (N,), (N,) of 0 and 1.

    Tracks that both know or both miss say nothing. Of those that only one knows, a fair coin would give each network half.
    """
    only_a = int(np.sum((np.asarray(correct_a) == 1) & (np.asarray(correct_b) == 0)))
    only_b = int(np.sum((np.asarray(correct_a) == 0) & (np.asarray(correct_b) == 1)))
    if only_a + only_b == 0:
        return 1.0
    return float(binomtest(only_a, only_a + only_b, 0.5).pvalue)
