"""ML HW5, question 4: which phoneme sounds in each frame of 10 ms. Any framework: torch, Keras, or NumPy.

Fill in the functions; keep their names and arguments. You may add functions, and files of your own. The handout defines every term.

utterances: a list of arrays (T, 28), raw MFCCs. labels: a list of arrays (T,), numbers into SYMBOLS, -1 where the label is not known.
rows: frames counted through all utterances, 0 to F - 1. What goes in and out is NumPy and plain Python; tensors stay inside.
"""

SYMBOL_NAMES = (
    "[SIL] AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH [SOS] [EOS]"
)
SYMBOLS = SYMBOL_NAMES.split()  # 42; the number of a symbol is its place

# From cepstra to inputs


def cepstral_normalize(mfcc):
    """One utterance (T, D), each coefficient with mean 0 and standard deviation 1 over its own frames."""
    raise NotImplementedError("cepstral_normalize is yours to write: see the handout, section q4-normalise")


def encode(transcript):
    """Labels (T,) of a transcript: T + 2 strings, with [SOS] first and [EOS] last."""
    raise NotImplementedError("encode is yours to write: see the handout, section q4-normalise")


def frame_count(context):
    """How many frames a window has."""
    raise NotImplementedError("frame_count is yours to write: see the handout, section q4-windows")


def window_indices(lengths, rows, context):
    """The rows that each window is made of, (B, frame_count); -1 beyond the utterance. lengths: (N,), rows: (B,)."""
    raise NotImplementedError("window_indices is yours to write: see the handout, section q4-windows")


def windows(utterances, rows, context):
    """The windows around the rows, flattened: (B, frame_count * D). The utterances are taken as they are."""
    raise NotImplementedError("windows is yours to write: see the handout, section q4-windows")


def network_inputs(utterances, rows, context):
    """What the network sees, (B, frame_count * D), of raw utterances."""
    raise NotImplementedError("network_inputs is yours to write: see the handout, section q4-windows")


# Network and training


def layers(name, input_shape, n_classes):
    """The layers of a network as your framework counts them. input_shape: (frame_count, D).

    Returns a list of {"layer": "Dense", "shape": shape of one output, "parameters": int}.
    """
    raise NotImplementedError("layers is yours to write: see the handout, section q4-network")


def batch_plan(n_frames, batch_size):
    """Returns {"batches": how many batches an epoch has, "last": how many frames the last one has}."""
    raise NotImplementedError("batch_plan is yours to write: see the handout, section q4-network")


def train(
    name,
    utterances,
    labels,
    validation_utterances,
    validation_labels,
    *,
    context,
    epochs,
    learning_rate,
    batch_size,
    seed,
    folder,
    device="cpu",
):
    """Train the network `name` on raw utterances and save its weights into the folder (which exists).

    Returns {"loss", "accuracy", "validation_loss", "validation_accuracy"}, each a list with one number per epoch.
    """
    raise NotImplementedError("train is yours to write: see the handout, section q4-training")


def predict(name, utterances, folder, *, context, device="cpu"):
    """Probabilities (F, 42) for every frame of raw utterances, in order, with the weights saved in the folder."""
    raise NotImplementedError("predict is yours to write: see the handout, section q4-training")


# What came of it


def frame_labels(probabilities, lengths):
    """The most probable symbol of each frame: (F, 42), N lengths -> list of N arrays (T,)."""
    raise NotImplementedError("frame_labels is yours to write: see the handout, section q4-scores")


def frame_accuracy(predicted, labels):
    """Share of right frames, a float. predicted, labels: lists of N arrays (T,)."""
    raise NotImplementedError("frame_accuracy is yours to write: see the handout, section q4-scores")


def confusion(predicted, labels):
    """How many frames of each symbol (row) were taken for each symbol (column), (42, 42) whole numbers."""
    raise NotImplementedError("confusion is yours to write: see the handout, section q4-scores")


def phoneme_accuracy(table):
    """Accuracy of each symbol from a table of confusions. Returns {"each": (42,), "mean": float}."""
    raise NotImplementedError("phoneme_accuracy is yours to write: see the handout, section q4-scores")


def majority_baseline(train_labels, labels):
    """Accuracy on `labels` of always answering the most frequent symbol of `train_labels`, a float. Both: lists of arrays (T,)."""
    raise NotImplementedError("majority_baseline is yours to write: see the handout, section q4-scores")
