"""Speech HW4, question 3: a convolutional network that names the genre of a piece of music. Any framework.

Fill in the functions; keep their names and arguments. You may add functions of your own. The handout defines every term.
Shapes: n samples, N clips, pictures of height H (time) and width W (pitch). Return NumPy arrays, numbers, lists, dictionaries; no tensors.
"""


def spectrogram(signal, sample_rate):
    """A clip as a picture of fixed size.

    signal: (n,) float, in [-1, 1]. sample_rate: int, Hz.
    Returns (128, 128) in dB below the loudest place, -80 to 0: time along axis 0, mel bands along axis 1, low ones first.
    """
    raise NotImplementedError("spectrogram is yours to write: see the handout, section q3-spectrogram")


def encode(genres):
    """Numbers for names. genres: list of N str. Returns (labels, names): (N,) int, and the names in the order of the numbers."""
    raise NotImplementedError("encode is yours to write: see the handout, section q3-labels")


def split(labels, groups, test_share, seed):
    """Which clips are for testing. labels: (N,) int. groups: list of N str, the artist of each clip. Returns (N,) bool."""
    raise NotImplementedError("split is yours to write: see the handout, section q3-split")


def pixel_statistics(images):
    """Mean and deviation over all pixels of all pictures. images: (N, H, W). Returns {"mean": float, "std": float}."""
    raise NotImplementedError("pixel_statistics is yours to write: see the handout, section q3-standardize")


def standardize(images, statistics):
    """Pictures on the scale of those that `statistics` were measured on. images: (N, H, W). Returns the same shape."""
    raise NotImplementedError("standardize is yours to write: see the handout, section q3-standardize")


def layers(name, input_shape, n_classes):
    """The table of a network, from the framework's own objects.

    name: "two_blocks" or "one_block". input_shape: (height, width, channels).
    Returns [{"layer": str, "shape": [...], "parameters": int}, ...], first layer first.
    """
    raise NotImplementedError("layers is yours to write: see the handout, section q3-layers")


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
    """Train a new network and keep it in `folder`, so that `predict` needs nothing else.

    images: (N, H, W) in dB, as `spectrogram` makes them. labels: (N,) int from 0 to 9. The validation part likewise.
    Returns {"loss": [...], "accuracy": [...], "validation_loss": [...], "validation_accuracy": [...]}, one number per epoch.
    """
    raise NotImplementedError("train is yours to write: see the handout, section q3-train")


def predict(name, images, folder):
    """Probabilities of the ten classes by the network kept in `folder`. images: (N, H, W) in dB. Returns (N, 10)."""
    raise NotImplementedError("predict is yours to write: see the handout, section q3-predict")


def confusion(true, predicted, n_classes):
    """How often class i was taken for class j. true, predicted: (N,) int. Returns (n_classes, n_classes), row i, column j."""
    raise NotImplementedError("confusion is yours to write: see the handout, section q3-report")


def report(true, predicted, label_names):
    """One row per class, in the order of the labels. true, predicted: (N,) int. label_names: list of str, class k is label_names[k].

    Returns [{"name": str, "precision": float, "recall": float, "f1": float, "support": int}, ...].
    """
    raise NotImplementedError("report is yours to write: see the handout, section q3-report")


def majority_baseline(train_labels, test_labels):
    """Accuracy on the test part of always naming the class that is most frequent in the training part. Returns a float."""
    raise NotImplementedError("majority_baseline is yours to write: see the handout, section q3-report")
