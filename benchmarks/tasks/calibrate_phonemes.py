"""How hard the embedded phonemes are: the course's perceptron with and without context, on voices not heard before.

    python -m benchmarks.tasks.calibrate_phonemes [--seeds N] [--epochs N]

One hidden layer of 512 ReLU, Adam 0.001, batches of 1024, cepstra normalised per utterance, as the course has it (ML HW5 question 4).
Every seed is another initialisation and order of the frames; context windows are filled with zeros at an utterance's ends. A known-bad
variant forgets the normalisation.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.tasks.calibration import figures, write
from seeds.datasets import Dataset, phonemes
from seeds.speech.arpabet import SYMBOLS

BATCH, HIDDEN, RATE = 1024, 512, 1e-3


def padded(data: Dataset, context: int, *, normalise: bool) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Give all frames with zeros between utterances (total, 28), the rows of the real frames (M,), and their labels (M,)."""
    rows, places, blank, at = [], [], np.zeros((context, phonemes.N_MFCC), np.float32), context
    for signal in data.waveforms:
        scaled = (signal - signal.mean(0)) / (signal.std(0) + 1e-6) if normalise else np.asarray(signal)
        rows += [blank, np.asarray(scaled, np.float32)]
        places.append(np.arange(at, at + len(signal)))
        at += len(signal) + context
    assert data.frame_labels is not None
    labels = np.concatenate(list(data.frame_labels))
    return torch.from_numpy(np.concatenate([*rows, blank])), torch.from_numpy(np.concatenate(places)), torch.from_numpy(labels)


def windows(frames: torch.Tensor, places: torch.Tensor, context: int) -> torch.Tensor:
    """Give the frames around each place: (B, (2 context + 1) * 28)."""
    return frames[places[:, None] + torch.arange(-context, context + 1)].reshape(len(places), -1)


def accuracy(model: torch.nn.Module, frames: torch.Tensor, places: torch.Tensor, labels: torch.Tensor, context: int) -> float:
    """Share of frames whose most probable symbol is right."""
    with torch.no_grad():
        hits = [
            (model(windows(frames, places[k : k + 8192], context)).argmax(1) == labels[k : k + 8192]).sum().item()
            for k in range(0, len(places), 8192)
        ]
    return float(sum(hits) / len(places))


def run(context: int, seed: int, epochs: int, *, normalise: bool = True) -> NDArray[np.float64]:
    """Train; give the accuracy on validation after each epoch."""
    torch.manual_seed(seed)
    everything = phonemes.make()
    frames, places, labels = padded(everything.part("train"), context, normalise=normalise)
    unseen = padded(everything.part("validation"), context, normalise=normalise)
    model = torch.nn.Sequential(
        torch.nn.Linear((2 * context + 1) * phonemes.N_MFCC, HIDDEN),
        torch.nn.ReLU(),
        torch.nn.Linear(HIDDEN, len(SYMBOLS)),
    )
    optimiser = torch.optim.Adam(model.parameters(), RATE)
    reached = []
    for _ in range(epochs):
        order = torch.randperm(len(places))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            loss = torch.nn.functional.cross_entropy(model(windows(frames, places[rows], context)), labels[rows])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        reached.append(accuracy(model, *unseen, context))
    return np.array(reached)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    seeds = list(range(options.seeds))
    data = phonemes.make()
    assert data.frame_labels is not None
    counts = np.bincount(np.concatenate(list(data.frame_labels)), minlength=len(SYMBOLS))
    variants = {"context_20": (20, True), "context_0": (0, True), "context_20_not_normalised": (20, False)}
    measured: dict[str, Any] = {}
    for name, (context, normalise) in variants.items():
        runs = [run(context, seed, options.epochs, normalise=normalise) for seed in seeds]
        measured[f"{name}.validation_epoch_1"] = figures([one[0] for one in runs])
        measured[f"{name}.validation_last_epoch"] = figures([one[-1] for one in runs])
        print(name, measured[f"{name}.validation_last_epoch"], flush=True)
    body = {
        "what": "frame accuracy on validation voices (test untouched), one value per seed of the model",
        "course": {"train_epoch_1": 0.697034, "validation_epoch_1": 0.688041, "note": "36 million real frames, context 20"},
        "seeds": seeds,
        "epochs": options.epochs,
        "silence_share": round(float(counts[0] / counts.sum()), 4),
        "majority_share": round(float(counts.max() / counts.sum()), 4),
        "symbols_that_occur": int((counts > 0).sum()),
        "figures": measured,
    }
    print(write(data, "calibrate_phonemes", body).read_text())


if __name__ == "__main__":
    main()
