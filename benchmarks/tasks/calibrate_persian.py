"""How hard the embedded Persian is, measured without Whisper: phonemes before and after fine-tuning, languages, and new sentences.

    python -m benchmarks.tasks.calibrate_persian [--seeds N]

A perceptron names the engine's phoneme in every 20 ms from 28 MFCCs and 7 frames either side, normalised per utterance: learned on the
generic portion's Persian ("before"), then trained on with the fine-tuning portion ("after"), asked on the fine-tuning portion's validation
voices. Logistic regression names the language of a generic utterance from its mean and deviation of MFCCs. Counts say how much of the
validation's text is new. Word error rates of a Whisper belong to the benchmark of that assignment, not to this record.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from benchmarks.tasks.calibration import figures, write
from seeds.datasets import Dataset, persian
from seeds.features.spectra import Framing, mfcc

CONTEXT, HIDDEN, BATCH, RATE = 7, 256, 512, 1e-3
EPOCHS = {"before": 5, "after": 5}
Rows = tuple[torch.Tensor, torch.Tensor]


def cepstra(data: Dataset) -> list[NDArray[np.float32]]:
    """MFCC (T, 28) of every utterance, one frame per phoneme label."""
    return [
        mfcc(signal.astype(np.float64), data.sample_rate, Framing(400, 320, center=False), 40, 28, top_db=None)
        for signal in data.waveforms
    ]


def frames(data: Dataset, names: dict[str, int]) -> Rows:
    """Windows around every frame (M, 15 * 28), and the phoneme's number among `names` (M,)."""
    assert data.frame_labels is not None
    number = np.array([names.get(name, 0) for name in data.frame_labels.names])
    windows, labels = [], []
    for coefficients, sequence in zip(cepstra(data), data.frame_labels, strict=True):
        count = min(len(coefficients), len(sequence))
        scaled = (coefficients[:count] - coefficients.mean(0)) / (coefficients.std(0) + 1e-6)
        padded = np.pad(scaled, ((CONTEXT, CONTEXT), (0, 0)))
        view = np.lib.stride_tricks.sliding_window_view(padded, 2 * CONTEXT + 1, axis=0)
        windows.append(view.reshape(count, -1))
        labels.append(number[sequence[:count]])
    return torch.from_numpy(np.concatenate(windows).astype(np.float32)), torch.from_numpy(np.concatenate(labels))


def learn(model: torch.nn.Module, rows: Rows, epochs: int) -> None:
    """Train on, by Adam."""
    optimiser = torch.optim.Adam(model.parameters(), RATE)
    for _ in range(epochs):
        order = torch.randperm(len(rows[1]))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            loss = torch.nn.functional.cross_entropy(model(rows[0][chosen]), rows[1][chosen])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()


def accuracy(model: torch.nn.Module, rows: Rows) -> float:
    """Share of frames named right."""
    with torch.no_grad():
        return float((model(rows[0]).argmax(1) == rows[1]).float().mean())


def phonemes(tuning: Dataset, generic: Dataset, seeds: list[int]) -> dict[str, Any]:
    """Accuracy on the fine-tuning portion's validation, before and after, and on the generic validation."""
    own = generic.choose(generic.columns["language"] == "fa")
    assert tuning.frame_labels is not None
    names = {name: number for number, name in enumerate(tuning.frame_labels.names)}
    parts = {"generic": own.part("train"), "generic_validation": own.part("validation")}
    parts |= {"tuning": tuning.part("train"), "validation": tuning.part("validation")}
    rows = {key: frames(part, names) for key, part in parts.items()}
    before, after, home = [], [], []
    for seed in seeds:
        torch.manual_seed(seed)
        width = rows["tuning"][0].shape[1]
        model = torch.nn.Sequential(torch.nn.Linear(width, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, len(names)))
        learn(model, rows["generic"], EPOCHS["before"])
        before.append(accuracy(model, rows["validation"]))
        home.append(accuracy(model, rows["generic_validation"]))
        learn(model, rows["tuning"], EPOCHS["after"])
        after.append(accuracy(model, rows["validation"]))
    return {
        "phonemes.generic_validation": figures(home),
        "phonemes.before_fine_tuning": figures(before),
        "phonemes.after_fine_tuning": figures(after),
    }


def languages(generic: Dataset) -> float:
    """Accuracy of naming the language on validation voices."""
    rows = np.stack([np.concatenate([one.mean(0), one.std(0)]) for one in cepstra(generic)])
    seen, asked = generic.parts == "train", generic.parts == "validation"
    scaled = StandardScaler().fit(rows[seen]).transform(rows)
    return float(
        LogisticRegression(max_iter=2000).fit(scaled[seen], generic.labels[seen]).score(scaled[asked], generic.labels[asked])
    )


def novelty(tuning: Dataset, generic: Dataset) -> dict[str, float]:
    """Shares of validation and test sentences, words and pairs of words that no training text has."""
    heard = [*tuning.part("train").columns["text"].tolist(), *generic.part("train").columns["text"].tolist()]
    sentences, words = set(heard), {word for text in heard for word in text.split()}
    pairs = {pair for text in heard for pair in zip(text.split(), text.split()[1:], strict=False)}
    shares = {}
    for part in ("validation", "test"):
        asked = tuning.part(part).columns["text"].tolist()
        own = [pair for text in asked for pair in zip(text.split(), text.split()[1:], strict=False)]
        shares[f"{part}.new_sentences"] = float(np.mean([text not in sentences for text in asked]))
        shares[f"{part}.new_words"] = float(np.mean([word not in words for text in asked for word in text.split()]))
        shares[f"{part}.new_pairs_of_words"] = float(np.mean([pair not in pairs for pair in own]))
    return {key: round(value, 4) for key, value in shares.items()}


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    seeds = list(range(options.seeds))
    tuning, generic = persian.make(), persian.make(portion="generic")
    body: dict[str, Any] = {
        "what": "accuracy on validation voices, one value per seed of the model; of the test part only the text was looked at",
        "not_measured": "word error rate of a small Whisper",
        "generic": {"fingerprint": generic.fingerprint, "examples": len(generic)},
        "minutes": {
            "fine_tuning": round(sum(map(len, tuning.waveforms)) / tuning.sample_rate / 60, 1),
            "generic": round(sum(map(len, generic.waveforms)) / generic.sample_rate / 60, 1),
        },
        "seeds": seeds,
        "epochs": EPOCHS,
        "text": novelty(tuning, generic),
        "figures": {"languages.generic_validation": figures([languages(generic)]), **phonemes(tuning, generic, seeds)},
    }
    print(write(tuning, "calibrate_persian", body).read_text())


if __name__ == "__main__":
    main()
