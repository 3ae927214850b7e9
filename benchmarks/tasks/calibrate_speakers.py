"""How hard the embedded speakers are: the course's two feature sets, split by recording and split at random.

    python -m benchmarks.tasks.calibrate_speakers [--seeds N]

Logistic regression on the clip's mean spectral centroid, zero-crossing rate and RMS, and on its 13 mean MFCCs, each standardised by the
training part. Every seed is another set of voices, recordings and texts of the same recipe. `outsider_auc` is how well the
probability of the most probable class tells known speakers from outsiders: 1 is perfectly, 0.5 not at all, less than 0.5 wrongly.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

import librosa
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from benchmarks.tasks.calibration import figures, write
from seeds.datasets import Dataset, speakers

FloatArray = NDArray[np.float64]


def features(data: Dataset) -> dict[str, FloatArray]:
    """Spectral trio (N, 3) and mean MFCC (N, 13) of every clip."""
    trio, mfcc = [], []
    for signal in data.waveforms:
        magnitude = np.abs(librosa.stft(signal, n_fft=400, hop_length=160))
        mel = librosa.feature.melspectrogram(S=magnitude**2, sr=data.sample_rate, n_mels=24)
        centroid = librosa.feature.spectral_centroid(S=magnitude, sr=data.sample_rate).mean()
        crossings = np.mean(np.abs(np.diff(np.signbit(signal))))
        trio.append([centroid, crossings, np.sqrt(np.mean(signal**2))])
        mfcc.append(librosa.feature.mfcc(S=librosa.power_to_db(mel), n_mfcc=13).mean(axis=1))
    return {"spectral_trio": np.array(trio), "mfcc_mean": np.array(mfcc)}


def fit(rows: FloatArray, data: Dataset, seen: NDArray[np.bool_]) -> tuple[LogisticRegression, FloatArray]:
    """Fit on the rows `seen`; give the model and all rows standardised by them."""
    scaled = StandardScaler().fit(rows[seen]).transform(rows)
    return LogisticRegression(max_iter=2000).fit(scaled[seen], data.labels[seen]), scaled


def measure(seed: int) -> dict[str, float]:
    """All figures of one seed."""
    data = speakers.make(replace(speakers.Recipe(), seed=seed), outsiders=True)
    known = data.labels < len(data.label_names) - 1
    train, validation = known & (data.parts == "train"), known & (data.parts == "validation")
    order = np.random.default_rng(seed).permutation(np.flatnonzero(train | validation))
    at_random = np.isin(np.arange(len(data)), order[: int(0.8 * len(order))])
    result = {}
    for name, rows in features(data).items():
        model, scaled = fit(rows, data, train)
        result[f"{name}.validation_by_recording"] = float(model.score(scaled[validation], data.labels[validation]))
        strangers = ~known & (data.parts == "validation")
        sure = model.predict_proba(scaled).max(axis=1)
        asked = validation | strangers
        result[f"{name}.outsider_auc"] = float(roc_auc_score(known[asked], sure[asked]))
        model, scaled = fit(rows, data, at_random)
        rest = (train | validation) & ~at_random
        result[f"{name}.random_split"] = float(model.score(scaled[rest], data.labels[rest]))
    return result


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    seeds = [42 + k for k in range(options.seeds)]
    runs = [measure(seed) for seed in seeds]
    body: dict[str, Any] = {
        "what": "accuracy on validation (test untouched); one value per data seed; outsider_auc: area under ROC of the top probability",
        "course": {"spectral_trio": [0.6649, 0.7155], "mfcc_mean": [0.9654, 0.9767], "note": "random split of real clips"},
        "seeds": seeds,
        "figures": {key: figures([run[key] for run in runs]) for key in runs[0]},
    }
    print(write(speakers.make(outsiders=True), "calibrate_speakers", body).read_text())


if __name__ == "__main__":
    main()
