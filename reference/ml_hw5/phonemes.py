"""ML HW5, question 4: which phoneme sounds in each frame of 10 ms (CMU 11-785, homework 1 part 2).

Conventions: an utterance is (T, 28) MFCCs, its labels (T,) numbers into SYMBOLS, -1 where the label is not known. "Rows" are frames
counted through all utterances, 0 to F - 1. Nothing here copies the 41-fold windows of a whole data set: the frames lie on the device
once, and each batch gathers its own.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, dropout, relu

SYMBOL_NAMES = (
    "[SIL] AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH [SOS] [EOS]"
)
SYMBOLS = SYMBOL_NAMES.split()
N_SYMBOLS = len(SYMBOLS)  # 42; the last two never label a frame
UNKNOWN = -1
HIDDEN = 512
DROPPED = 0.3  # share of the values that drop-out sets to 0 while learning
TINY = 1e-8  # beside a standard deviation: a constant coefficient becomes 0, and not NaN

# From cepstra to inputs


def cepstral_normalize(mfcc):
    """Each coefficient with mean 0 and standard deviation 1 over *this* utterance: (T, D) -> (T, D).

    A room and a microphone multiply the spectrum, that is, add a constant to the cepstrum. This takes it out, with nothing
    measured on other utterances, so that training and test are treated alike.
    """
    mfcc = np.asarray(mfcc, dtype=np.float64)
    return (mfcc - mfcc.mean(axis=0)) / (mfcc.std(axis=0) + TINY)


def encode(transcript):
    """Numbers of the symbols between [SOS] and [EOS], one per frame: T + 2 strings -> (T,)."""
    return np.array([SYMBOLS.index(symbol) for symbol in transcript[1:-1]], dtype=np.int64)


def frame_count(context):
    """Frames of a window: so many on each side, and the one in the middle."""
    return 2 * context + 1


def offsets(context):
    """Where a window's frames lie, seen from its middle: (2 context + 1,)."""
    return np.arange(-context, context + 1)


def edges(lengths):
    """The first and the last row of the utterance that each row belongs to: (N,) -> (F,), (F,)."""
    lengths = np.asarray(lengths, dtype=np.int64)
    ends = np.cumsum(lengths)
    return np.repeat(ends - lengths, lengths), np.repeat(ends - 1, lengths)


def window_indices(lengths, rows, context):
    """The rows that each window is made of: (B,) -> (B, 2 context + 1); -1 beyond the ends of the row's own utterance."""
    rows = np.asarray(rows, dtype=np.int64)
    first, last = edges(lengths)
    wanted = rows[:, None] + offsets(context)
    own = (wanted >= first[rows][:, None]) & (wanted <= last[rows][:, None])
    return np.where(own, wanted, -1)


def windows(utterances, rows, context):
    """The windows around some rows, as they are: frame after frame, zeros beyond the ends. -> (B, (2 context + 1) D)."""
    frames = np.concatenate([*utterances, np.zeros((1, np.shape(utterances[0])[1]))])  # index -1 finds the zeros
    return frames[window_indices([len(one) for one in utterances], rows, context)].reshape(len(rows), -1)


def network_inputs(utterances, rows, context):
    """What the network sees of raw utterances: normalised one by one, then cut into windows. The zeros beyond the ends are
    thus the mean of the utterance, and are not measured with it.
    """
    return windows(normalize_all(utterances), rows, context)


def normalize_all(utterances):
    """Every utterance by itself."""
    return [cepstral_normalize(one) for one in utterances]


def batch_plan(n_frames, batch_size):
    """How many batches an epoch has, and how many frames the last one has."""
    batches = -(-n_frames // batch_size)
    return {"batches": batches, "last": n_frames - (batches - 1) * batch_size}


class Resident:
    """All frames of a list of utterances on the device, once; windows are gathered there."""

    def __init__(self, utterances, context, device):
        """Normalise and copy: 28 numbers per frame instead of 1148."""
        lengths = [len(one) for one in utterances]
        normalized = normalize_all(utterances)
        table = np.concatenate([*normalized, np.zeros((1, normalized[0].shape[1]))]).astype(np.float32)
        self.table = torch.from_numpy(table).to(device)
        self.first, self.last = (torch.from_numpy(edge).to(device) for edge in edges(lengths))
        self.offsets = torch.from_numpy(offsets(context)).to(device)
        self.ends = np.cumsum(lengths)
        self.lengths = np.array(lengths)

    def windows(self, rows):
        """(B,) -> (B, (2 context + 1) D), on the device."""
        wanted = rows[:, None] + self.offsets
        other = (wanted < self.first[rows][:, None]) | (wanted > self.last[rows][:, None])
        return self.table[wanted.masked_fill(other, len(self.table) - 1)].flatten(1)

    def padded(self, numbers):
        """Whole utterances side by side: (N, D, longest), where they have frames (N, longest), and the rows of these (F',)."""
        first, lengths = self.ends[numbers] - self.lengths[numbers], self.lengths[numbers]
        time = np.arange(lengths.max())
        has, rows = time < lengths[:, None], first[:, None] + time
        where = torch.from_numpy(np.where(has, rows, len(self.table) - 1)).to(self.table.device)
        return self.table[where].transpose(1, 2), torch.from_numpy(has).to(where.device), where[torch.from_numpy(has)]


# Networks: `items` deals what there is into batches, `answer` gives the logits of a batch and the rows that they belong to


class Perceptron(nn.Module):
    """The course's network, on windows: one hidden layer of 512 ReLU. Shuffled and batched by frames."""

    def __init__(self, n_inputs, n_classes, width=HIDDEN):
        super().__init__()
        self.hidden, self.output = nn.Linear(n_inputs, width), nn.Linear(width, n_classes)

    def forward(self, x):
        """(B, inputs) -> (B, classes), before the softmax: the cross entropy of torch has its own."""
        return self.output(relu(self.hidden(x)))

    def pace(self, done):
        """Factor of the learning rate after this share of the epochs: always the same."""
        return 1.0

    def items(self, data, batch_size, order=None):
        """Batches of rows; the last may be smaller."""
        rows = torch.arange(len(data.first)) if order is None else torch.randperm(len(data.first), generator=order)
        return rows.to(data.table.device).split(batch_size)

    def answer(self, data, rows):
        """The logits of some rows, and these rows."""
        return self(data.windows(rows)), rows


class TimeNetwork(nn.Module):
    """The stronger network: convolutions over time on whole utterances, each reaching further than the one before.

    It sees 22 frames on each side. Its weights are shared over time, so it has half as many as the perceptron, and it is kept from
    learning voices by heart by drop-out. Shuffled and batched by utterances.
    """

    REACH = ((5, 1), (3, 2), (3, 4), (3, 6), (3, 8))  # kernel and dilation

    def __init__(self, n_mfcc, n_classes, width=96):
        super().__init__()
        sizes = [n_mfcc, *[width] * len(self.REACH)]
        self.layers = nn.ModuleList(
            nn.Conv1d(sizes[i], width, kernel, dilation=dilation, padding=(kernel // 2) * dilation)
            for i, (kernel, dilation) in enumerate(self.REACH)
        )
        self.output = nn.Conv1d(width, n_classes, 1)

    def forward(self, x, has):
        """(N, D, T) -> (N, T, classes); `has` (N, T) says where there are frames."""
        present = has[:, None].float()
        for number, layer in enumerate(self.layers):
            new = dropout(relu(layer(x)), DROPPED, self.training) * present  # zeros beyond the ends, in every layer
            x = new if number == 0 else x + new
        return self.output(x).transpose(1, 2)

    def pace(self, done):
        """Factor of the learning rate after this share of the epochs: small steps at the end."""
        return 1 - 0.95 * done

    def items(self, data, batch_size, order=None):
        """Batches of utterances, of about so many frames each."""
        count = len(data.lengths)
        numbers = np.arange(count) if order is None else torch.randperm(count, generator=order).numpy()
        return np.array_split(numbers, max(1, round(len(data.first) / batch_size)))

    def answer(self, data, numbers):
        """The logits of the frames of some utterances, and their rows."""
        x, has, rows = data.padded(numbers)
        return self(x, has)[has], rows


def build(name, input_shape, n_classes):
    """The network called "mlp" or "strong" for windows of (frames, coefficients)."""
    frames, n_mfcc = input_shape
    return Perceptron(frames * n_mfcc, n_classes) if name == "mlp" else TimeNetwork(n_mfcc, n_classes)


def layers(name, input_shape, n_classes):
    """The layers that have weights, as the framework counts them: [{"layer", "shape" of one output, "parameters"}]."""
    found = []
    for layer in build(name, input_shape, n_classes).modules():
        if isinstance(layer, nn.Linear):
            kind, shape = "Dense", [layer.out_features]
        elif isinstance(layer, nn.Conv1d):
            kind, shape = "Conv1D", [input_shape[0], layer.out_channels]
        else:
            continue
        found.append({"layer": kind, "shape": shape, "parameters": sum(weights.numel() for weights in layer.parameters())})
    return found


# Training


def logits(model, data, batch_size=8192):
    """The logits of all frames, in order, nothing left out: (F, classes)."""
    model.eval()
    with torch.no_grad():
        return torch.cat([model.answer(data, items)[0] for items in model.items(data, batch_size)])


def criterion(found, wanted):
    """Mean cross entropy of logits over the frames whose label is known; the softmax is in it."""
    return cross_entropy(found, wanted, ignore_index=UNKNOWN)


def measure(model, data, wanted):
    """Loss and accuracy over all *frames* whose label is known, with the weights as they are now."""
    found, known = logits(model, data), wanted != UNKNOWN
    return criterion(found, wanted).item(), (found.argmax(1) == wanted)[known].double().mean().item()


def targets(labels, device):
    """The labels of all rows, (F,), on the device."""
    return torch.from_numpy(np.concatenate(labels).astype(np.int64)).to(device)


def random_start(seed):
    """Fix the initial weights and what is dropped out; the generator returned decides the order of the frames."""
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)


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
    """Train on raw utterances; keep the weights after the last epoch in `folder`.

    Returns loss, accuracy, validation_loss and validation_accuracy, each a list with one number per epoch, measured after it.
    """
    order = random_start(seed)
    seen, unseen = Resident(utterances, context, device), Resident(validation_utterances, context, device)
    wanted, unseen_wanted = targets(labels, device), targets(validation_labels, device)
    model = build(name, (frame_count(context), seen.table.shape[1]), N_SYMBOLS).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    pace = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: model.pace(epoch / epochs))
    history = {"loss": [], "accuracy": [], "validation_loss": [], "validation_accuracy": []}
    for _ in range(epochs):
        run_epoch(model, seen, wanted, optimizer, model.items(seen, batch_size, order))
        pace.step()
        for key, value in zip(history, (*measure(model, seen, wanted), *measure(model, unseen, unseen_wanted)), strict=True):
            history[key].append(value)
    save(model, name, folder)
    return history


def run_epoch(model, data, wanted, optimizer, batches):
    """One update per batch."""
    model.train()
    for items in batches:
        found, rows = model.answer(data, items)
        loss = criterion(found, wanted[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def save(model, name, folder):
    """The weights as an .npz of float32 arrays: plain numbers, which any framework can read."""
    arrays = {key: value.cpu().numpy() for key, value in model.state_dict().items()}
    np.savez_compressed(Path(folder) / f"{name}.npz", **arrays)


def predict(name, utterances, folder, *, context, device="cpu"):
    """Probabilities of the 42 symbols for every frame, in the order of the utterances: (F, 42)."""
    data = Resident(utterances, context, device)
    model = build(name, (frame_count(context), data.table.shape[1]), N_SYMBOLS).to(device)
    with np.load(Path(folder) / f"{name}.npz", allow_pickle=False) as stored:
        model.load_state_dict({key: torch.from_numpy(stored[key].astype(np.float32)) for key in stored.files})
    return torch.softmax(logits(model, data), dim=1).cpu().numpy()


# What came of it


def frame_labels(probabilities, lengths):
    """The most probable symbol of each frame, as one array per utterance: (F, 42), N lengths -> N arrays (T,)."""
    found = np.asarray(probabilities).argmax(axis=1)
    return np.split(found, np.cumsum(lengths)[:-1])


def known_pairs(predicted, labels):
    """Predicted and true symbols of all frames whose label is known, end to end."""
    predicted, labels = np.concatenate(predicted).astype(int), np.concatenate(labels).astype(int)
    return predicted[labels != UNKNOWN], labels[labels != UNKNOWN]


def frame_accuracy(predicted, labels):
    """Share of right frames, silence included: a mean over frames, so that long utterances weigh more than short ones."""
    found, wanted = known_pairs(predicted, labels)
    return float((found == wanted).mean())


def confusion(predicted, labels):
    """How many frames of each symbol (row) were taken for each symbol (column): (42, 42)."""
    table = np.zeros((N_SYMBOLS, N_SYMBOLS), dtype=np.int64)
    found, wanted = known_pairs(predicted, labels)
    np.add.at(table, (wanted, found), 1)
    return table


def phoneme_accuracy(table):
    """Share of right frames for each symbol, NaN where it has none, and the mean over those that have: {"each": (42,), "mean"}.

    The mean counts rare symbols like frequent ones, so it shows what the accuracy over frames hides.
    """
    table = np.asarray(table)
    totals = table.sum(axis=1)
    each = np.where(totals > 0, np.diag(table) / np.maximum(totals, 1), np.nan)
    return {"each": each, "mean": float(np.nanmean(each))}


def majority_baseline(train_labels, labels):
    """Accuracy on `labels` of always answering the most frequent symbol of the training labels."""
    seen, wanted = np.concatenate(train_labels), np.concatenate(labels)
    answer = np.bincount(seen[seen != UNKNOWN], minlength=N_SYMBOLS).argmax()
    return float((wanted[wanted != UNKNOWN] == answer).mean())
