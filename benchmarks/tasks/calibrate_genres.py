"""How hard the embedded genres are: the course's networks on artists not heard before.

    python -m benchmarks.tasks.calibrate_genres [--seeds N] [--mix M --eq E] [--models NAME ...] [--out] [--add]

The networks of Speech HW5 question 4 and HW4 question 3, trained on the training artists, inputs standardised by them:

- `means.*`: the 13 MFCCs averaged over time, read coefficient by coefficient (13, 1), as solution 001 did by mistake;
- `frames.*`: 13 MFCCs per frame, every second frame (172, 13);
- `cnn`: 128 x 128 log-mel, two blocks of 32 filters, the handout's network;
- `means.logistic`: logistic regression on the averages, the plain baseline.

Learning rate 0.001 for the recurrent networks: at the course's 0.0001, 30 epochs over 600 tracks hardly leave chance. The convolutional
network has the course's own. Seeds are initialisation and order of the batches. Without `--out` nothing is written;
`--add` keeps the seeds that the record has already, where it is about the same data and packages, and runs the others only.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from functools import partial
from typing import Any

import librosa
import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from benchmarks.tasks.calibration import figures, stored, write
from seeds import cache
from seeds.datasets import Dataset, genres
from seeds.parallel import spread

BATCH, EPOCHS = 32, 30
SIDE = 128
FloatArray = NDArray[np.float32]


def measure_track(data: Dataset, index: int) -> tuple[FloatArray, FloatArray]:
    """MFCC (T, 13) and log-mel (128, 128) of one track."""
    mel = librosa.feature.melspectrogram(y=data.waveforms[index], sr=data.sample_rate, n_mels=SIDE)
    level = librosa.power_to_db(mel, ref=np.max)
    mfcc = librosa.feature.mfcc(S=librosa.power_to_db(mel), n_mfcc=13).T
    edges = np.linspace(0, level.shape[1], SIDE + 1).astype(int)
    picture = np.add.reduceat(level, edges[:-1], axis=1) / np.diff(edges)
    return mfcc.astype(np.float32), picture.astype(np.float32)


def features(data: Dataset) -> dict[str, FloatArray]:
    """All features, from the cache where they are."""

    def compute() -> cache.Arrays:
        both = list(spread(partial(measure_track, data), len(data), workers=2))
        return {"mfcc": np.stack([one[0] for one in both]), "mel": np.stack([one[1] for one in both])}

    return cache.fetch("calibrate-genres", {"data": data.fingerprint, "version": 1}, compute)


class Recurrent(torch.nn.Module):
    """LSTM layers, dense 64 ReLU, dropout 0.3, dense 10."""

    def __init__(self, inputs: int, hidden: int, layers: int, both_ways: bool) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(inputs, hidden, layers, batch_first=True, bidirectional=both_ways)
        width = hidden * (2 if both_ways else 1)
        self.both_ways, self.hidden = both_ways, hidden
        self.head = torch.nn.Sequential(
            torch.nn.Linear(width, 64), torch.nn.ReLU(), torch.nn.Dropout(0.3), torch.nn.Linear(64, len(genres.GENRES))
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, T, D) -> (B, 10)."""
        out, _ = self.lstm(x)
        last = out[:, -1]
        if self.both_ways:  # the backward half has read everything at the first step
            last = torch.cat([out[:, -1, : self.hidden], out[:, 0, self.hidden :]], dim=1)
        logits: torch.Tensor = self.head(last)
        return logits


def convolutional() -> torch.nn.Module:
    """The handout's two blocks: (B, 1, 128, 128) -> (B, 10)."""
    nn = torch.nn
    blocks: list[torch.nn.Module] = []
    for inputs in (1, 32):
        blocks += [nn.Conv2d(inputs, 32, 3), nn.ReLU(), nn.MaxPool2d(3, 2), nn.BatchNorm2d(32)]
    return nn.Sequential(*blocks, nn.Flatten(), nn.LazyLinear(len(genres.GENRES)))


def fit(
    model: torch.nn.Module, rate: float, x: FloatArray, y: NDArray[np.int64], seen: NDArray[np.bool_], asked: NDArray[np.bool_]
) -> float:
    """Train on the rows `seen`; give the accuracy on the rows `asked`."""
    inputs, labels = torch.from_numpy(x), torch.from_numpy(y)
    rows = torch.from_numpy(np.flatnonzero(seen))
    model(inputs[:2])
    optimiser = torch.optim.Adam(model.parameters(), rate)
    for _ in range(EPOCHS):
        model.train()
        for batch in rows[torch.randperm(len(rows))].split(BATCH):  # type: ignore[no-untyped-call]
            loss = torch.nn.functional.cross_entropy(model(inputs[batch]), labels[batch])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    model.eval()
    with torch.no_grad():
        parts = inputs[torch.from_numpy(np.flatnonzero(asked))].split(100)  # type: ignore[no-untyped-call]
        guesses = torch.cat([model(part).argmax(1) for part in parts])
    return float(np.mean(guesses.numpy() == y[asked]))


RECURRENT = {"lstm_64_64": (64, 2, False), "lstm_128": (128, 1, False), "bilstm_64_64": (64, 2, True)}
MODELS = ("means.logistic", *(f"means.{name}" for name in RECURRENT), "frames.lstm_64_64", "frames.bilstm_64_64", "cnn")


def run(name: str, data: Dataset, made: dict[str, FloatArray], seed: int) -> float:
    """Accuracy on validation of one model with one seed."""
    torch.manual_seed(seed)
    seen, asked = data.parts == "train", data.parts == "validation"
    kind, _, network = name.partition(".")
    rows = {"means": made["mfcc"].mean(axis=1), "frames": made["mfcc"][:, ::2], "cnn": made["mel"][:, None]}[kind]
    axes = {"means": 0, "frames": (0, 1), "cnn": (0, 1, 2, 3)}[kind]
    x = ((rows - rows[seen].mean(axis=axes)) / rows[seen].std(axis=axes)).astype(np.float32)
    if network == "logistic":
        model = LogisticRegression(max_iter=3000, C=1.0).fit(x[seen], data.labels[seen])
        return float(model.score(x[asked], data.labels[asked]))
    if kind == "cnn":
        return fit(convolutional(), 1e-4, x, data.labels, seen, asked)
    hidden, layers, both_ways = RECURRENT[network]
    x = x[:, :, None] if kind == "means" else x
    return fit(Recurrent(x.shape[2], hidden, layers, both_ways), 1e-3, x, data.labels, seen, asked)


def known(record: dict[str, Any], name: str) -> dict[int, float]:
    """The values of a model that a record has, by seed."""
    return (
        dict(zip(record["seeds"], record["figures"][name]["values"], strict=False)) if name in record.get("figures", {}) else {}
    )


def main() -> None:
    """Measure, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--mix", type=float, default=genres.Recipe().mix)
    parser.add_argument("--eq", type=float, default=genres.Recipe().eq)
    parser.add_argument("--models", nargs="*", default=list(MODELS))
    parser.add_argument("--out", action="store_true", help="write the record")
    parser.add_argument("--add", action="store_true", help="run only the seeds that the record lacks")
    options = parser.parse_args()
    torch.set_num_threads(1)
    data = genres.make(replace(genres.Recipe(), mix=options.mix, eq=options.eq))
    made, measured, seconds = features(data), {}, {}
    seeds, record = list(range(options.seeds)), stored(data) if options.add else {}
    for name in options.models:
        values = known(record, name)
        seconds[name] = record["cpu_seconds_per_run"][name] if values else 0.0
        missing = [seed for seed in (seeds[:1] if name == "means.logistic" else seeds) if seed not in values]
        start = time.process_time()
        values |= {seed: run(name, data, made, seed) for seed in missing}
        if missing:  # the mean over the latest runs
            seconds[name] = round((time.process_time() - start) / len(missing), 1)
        measured[name] = figures([values[seed] for seed in sorted(values)])
        print(name, measured[name], seconds[name], flush=True)
    body: dict[str, Any] = {
        "what": "accuracy on validation artists (test untouched), one value per seed of the model",
        "course": {"means.lstm_64_64": 0.42, "means.lstm_128": 0.305, "means.bilstm_64_64": 0.395, "cnn (one block)": 0.68},
        "seeds": seeds,
        "epochs": EPOCHS,
        "cpu_seconds_per_run": seconds,
        "figures": measured,
    }
    if options.out:
        print(write(data, "calibrate_genres", body))


if __name__ == "__main__":
    main()
