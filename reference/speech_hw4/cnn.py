"""Speech HW4, question 3: a convolutional network that names the genre of a piece of music. PyTorch.

The road of one clip, with its shapes (n samples, T frames):

    signal (n,) --mel power--> (T, 128) --decibels, resize--> (128, 128) --network--> ten probabilities

Conventions: time runs along axis 0 of a picture and pitch along axis 1, low notes first; a picture is in dB below its own maximum. The
spectrogram is librosa's with its default settings, the resizing scikit-image's. Shapes of layers are written as Keras writes them,
(height, width, channels); PyTorch itself keeps channels first.
"""

from pathlib import Path

import numpy as np
import torch
from scipy import ndimage
from torch import nn

N_FFT = 2048  # 93 ms at 22 050 Hz: long enough to tell neighbouring low notes apart
HOP = 512
N_MELS = 128
SIDE = 128  # the network wants every clip equally large, however long it is
POWER_FLOOR = 1e-10  # log(0) is -inf
DYNAMIC_RANGE_DB = 80.0

N_CLASSES = 10
FILTERS = 32
BLOCKS = {"two_blocks": 2, "one_block": 1}
BATCH_NORM = {"eps": 1e-3, "momentum": 0.1}  # Keras counts the other way round: its momentum is 0.9
LAYER_NAMES = {
    nn.Conv2d: "Conv2D",
    nn.MaxPool2d: "MaxPooling2D",
    nn.BatchNorm2d: "BatchNormalization",
    nn.Flatten: "Flatten",
    nn.Linear: "Dense",
}
AT_ONCE = 64  # pictures judged together: bounds the memory, and changes no result


# From sound to picture.


def hz_to_mel(hz):
    """Slaney's mel scale: linear below 1000 Hz (15 mel), logarithmic above (27 mel for a factor of 6.4)."""
    hz = np.asarray(hz, dtype=float)
    return np.where(hz < 1000.0, hz * 3 / 200, 15 + 27 * np.log(np.maximum(hz, 1000.0) / 1000.0) / np.log(6.4))


def mel_to_hz(mel):
    """The inverse of `hz_to_mel`."""
    mel = np.asarray(mel, dtype=float)
    return np.where(mel < 15.0, mel * 200 / 3, 1000.0 * 6.4 ** ((np.maximum(mel, 15.0) - 15) / 27))


def mel_filters(sample_rate):
    """128 triangles of area 1 over Hz, equally spaced in mel from 0 to half the sample rate: (128, 1025)."""
    bins = np.arange(N_FFT // 2 + 1) * sample_rate / N_FFT  # Hz of each FFT bin
    corners = mel_to_hz(np.linspace(0.0, hz_to_mel(sample_rate / 2), N_MELS + 2))  # (130,) Hz
    left, peak, right = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    triangles = np.maximum(0.0, np.minimum((bins - left) / (peak - left), (right - bins) / (right - peak)))
    return triangles * 2.0 / (right - left)


def power_spectrum(signal):
    """Power of centred frames: (n,) -> (T, 1025), T = 1 + n // 512. Frame t is centred at sample 512 t; outside are zeros."""
    padded = np.pad(np.asarray(signal, dtype=float), N_FFT // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP]  # (T, 2048), a view
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)  # periodic
    return np.abs(np.fft.rfft(frames * hann, axis=1)) ** 2


def decibels(power):
    """A power in dB relative to its largest value, from -80 to 0."""
    level = 10.0 * np.log10(np.maximum(power, POWER_FLOOR))
    return np.maximum(level - level.max(), -DYNAMIC_RANGE_DB)


def resize(image):
    """Scale (T, D) to (128, 128): linear interpolation between the centres of pixels.

    Where 1300 frames become 128, one pixel in ten would be looked at and the others lost; so the picture is smoothed first, by a
    Gaussian that is the wider the more it shrinks.
    """
    factors = np.array(image.shape) / SIDE
    smooth = ndimage.gaussian_filter(image, np.maximum(0.0, (factors - 1) / 2), mode="mirror")
    return ndimage.zoom(smooth, 1 / factors, order=1, mode="mirror", grid_mode=True)


def spectrogram(signal, sample_rate):
    """A clip as a picture of fixed size: (n,) in [-1, 1] -> (128, 128) in [-80, 0] dB, time along axis 0."""
    mel = power_spectrum(signal) @ mel_filters(sample_rate).T  # (T, 1025) @ (1025, 128) -> (T, 128)
    return resize(decibels(mel))


# Labels, parts, scale.


def encode(genres):
    """Numbers for names: N names -> (N,) int and the names in the order of the numbers, which is that of the alphabet."""
    names = sorted(set(genres))
    return np.array([names.index(genre) for genre in genres]), names


def split(labels, groups, test_share, seed):
    """Which clips are for testing: (N,) bool. An artist (group) is wholly in one part, and each genre gives its share.

    Of every genre, artists are drawn until adding another one would take the test part further from its share than it is.
    """
    labels, groups = np.asarray(labels), np.asarray(groups)
    rng = np.random.default_rng(seed)
    is_test = np.zeros(len(labels), dtype=bool)
    decided = set()
    for label in np.unique(labels):
        own = labels == label
        for artist in rng.permutation(np.unique(groups[own])):
            clips = groups == artist
            missing = test_share * own.sum() - (own & is_test).sum()
            if artist not in decided and (own & clips).sum() <= 2 * missing:
                is_test |= clips
            decided.add(artist)  # whoever plays two genres is decided upon once
    return is_test


def pixel_statistics(images):
    """Mean and deviation over all pixels of all pictures: {"mean", "std"}; measured on training pictures, used for all."""
    return {"mean": float(np.mean(images)), "std": float(np.std(images))}


def standardize(images, statistics):
    """Pictures on the scale of those that `statistics` were measured on: any shape -> the same shape."""
    return (np.asarray(images, dtype=float) - statistics["mean"]) / statistics["std"]


# The network.


def build(name, input_shape, n_classes):
    """The untrained network for pictures of (height, width, channels). Its outputs are logits: the softmax comes with the loss."""
    height, width, channels = input_shape
    parts = []
    for _ in range(BLOCKS[name]):
        parts += [nn.Conv2d(channels, FILTERS, 3), nn.ReLU(), nn.MaxPool2d(3, stride=2), nn.BatchNorm2d(FILTERS, **BATCH_NORM)]
        channels = FILTERS
        height, width = ((side - 2 - 3) // 2 + 1 for side in (height, width))  # nothing is padded: only whole windows count
    return nn.Sequential(*parts, nn.Flatten(), nn.Linear(channels * height * width, n_classes))


def count(module):
    """Numbers that a layer keeps, as Keras counts: also the moving averages of batch normalisation, which no gradient moves."""
    kept = [*module.named_parameters(), *module.named_buffers()]
    return sum(tensor.numel() for name, tensor in kept if name != "num_batches_tracked")


def layers(name, input_shape, n_classes):
    """The table of the network: [{"layer", "shape": without the batch, "parameters"}, ...]; ReLU belongs to its convolution."""
    x = torch.zeros(1, input_shape[2], input_shape[0], input_shape[1])  # (1, channels, height, width)
    table = []
    for module in build(name, input_shape, n_classes).eval():
        x = module(x)
        if type(module) in LAYER_NAMES:
            size = list(x.shape[1:])
            row = {"layer": LAYER_NAMES[type(module)], "shape": [*size[1:], size[0]], "parameters": count(module)}
            table.append(row)
    return table


def as_inputs(images, statistics):
    """What the network reads: (N, H, W) in dB -> standardised tensor (N, 1, H, W)."""
    return torch.as_tensor(standardize(images, statistics), dtype=torch.float32)[:, None]


def as_part(images, labels, statistics):
    """Pictures and their labels as tensors."""
    return as_inputs(images, statistics), torch.as_tensor(np.asarray(labels), dtype=torch.long)


# Learning, keeping, predicting.


def batches(n, batch_size):
    """Rows 0 to n - 1 in a new random order, batch by batch; the last one may be smaller."""
    return torch.randperm(n).split(batch_size)


def train_epoch(network, optimiser, inputs, labels, batch_size):
    """One pass over the training part: its mean loss and its accuracy, met on the way."""
    network.train()
    losses, hits = 0.0, 0
    for rows in batches(len(inputs), batch_size):
        scores = network(inputs[rows])  # (B, 1, H, W) -> (B, 10)
        loss = nn.functional.cross_entropy(scores, labels[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses += loss.item() * len(rows)  # `loss` is a mean: a smaller last batch counts for less
        hits += (scores.argmax(1) == labels[rows]).sum().item()
    return losses / len(inputs), hits / len(inputs)


def logits(network, inputs):
    """Scores of all pictures, batch normalisation by its moving averages: (N, 1, H, W) -> (N, 10)."""
    network.eval()
    with torch.no_grad():
        return torch.cat([network(some) for some in inputs.split(AT_ONCE)])


def measure(network, inputs, labels):
    """Mean loss and accuracy of a network that stays as it is."""
    scores = logits(network, inputs)
    return nn.functional.cross_entropy(scores, labels).item(), (scores.argmax(1) == labels).double().mean().item()


def train(
    name,
    images,
    labels,
    validation_images,
    validation_labels,
    *,
    epochs=30,
    learning_rate=1e-4,
    batch_size=32,
    seed=0,
    folder="weights",
):
    """Teach a new network with Adam; keep the weights of the last epoch in `folder`.

    images (N, H, W) in dB, labels (N,). Returns four curves, one number per epoch each: "loss", "accuracy" of the training part and
    "validation_loss", "validation_accuracy". The validation part is only looked at.
    """
    torch.manual_seed(seed)  # decides the first weights and the order of the pictures
    statistics = pixel_statistics(images)
    network = build(name, (*np.shape(images)[1:], 1), N_CLASSES)
    part, other = as_part(images, labels, statistics), as_part(validation_images, validation_labels, statistics)
    history = teach(network, part, other, epochs, learning_rate, batch_size)
    save(name, network, statistics, folder)
    return history


def teach(network, part, other, epochs, learning_rate, batch_size):
    """Change the network, epoch by epoch; give the four curves."""
    optimiser = torch.optim.Adam(network.parameters(), lr=learning_rate)
    history = {"loss": [], "accuracy": [], "validation_loss": [], "validation_accuracy": []}
    for _ in range(epochs):
        row = (*train_epoch(network, optimiser, *part, batch_size), *measure(network, *other))
        for curve, value in zip(history.values(), row, strict=True):
            curve.append(value)
    return history


def save(name, network, statistics, folder):
    """Keep everything that `predict` needs, and nothing that could run: arrays by name."""
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path / f"{name}.npz", **{key: tensor.numpy() for key, tensor in network.state_dict().items()}, **statistics
    )


def load(name, folder, input_shape):
    """The network that `save` kept, and the statistics of its training pictures."""
    with np.load(Path(folder) / f"{name}.npz") as kept:
        statistics = {key: float(kept[key]) for key in ("mean", "std")}
        state = {key: torch.as_tensor(kept[key]) for key in kept.files if key not in statistics}
    network = build(name, input_shape, N_CLASSES)
    network.load_state_dict(state)  # turns half precision into single
    return network, statistics


def predict(name, images, folder):
    """Probabilities of the ten classes by the weights in `folder`: (N, H, W) in dB -> (N, 10), each row adds up to 1."""
    network, statistics = load(name, folder, (*np.shape(images)[1:], 1))
    return torch.softmax(logits(network, as_inputs(images, statistics)), dim=1).numpy()


# What came of it.


def confusion(true, predicted, n_classes):
    """How often class i was taken for class j: (n_classes, n_classes), row i, column j."""
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(matrix, (np.asarray(true), np.asarray(predicted)), 1)
    return matrix


def report(true, predicted, label_names):
    """One row per class: [{"name", "precision", "recall", "f1", "support"}, ...]; class k is called label_names[k].

    Precision: of those taken for this class, the share that is. Recall: of those of this class, the share found. A share of nothing
    is 0.
    """
    matrix = confusion(true, predicted, len(label_names))
    rows = []
    for k, name in enumerate(label_names):
        hits, taken, support = matrix[k, k], matrix[:, k].sum(), matrix[k].sum()
        precision, recall = hits / max(taken, 1), hits / max(support, 1)
        f1 = 2 * hits / max(taken + support, 1)  # the harmonic mean of the two
        rows.append({"name": name, "precision": precision, "recall": recall, "f1": f1, "support": int(support)})
    return rows


def majority_baseline(train_labels, test_labels):
    """Accuracy on the test part of always naming the class that is most frequent in the training part."""
    return float(np.mean(np.asarray(test_labels) == np.bincount(train_labels).argmax()))
