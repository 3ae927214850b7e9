"""Speakers' clips for the checks of learning of question 4, and the experiments themselves: the suite grades with them, a script
calibrates them.

`code` is a proxy, of a submission or of the staff's own files. It is given rows with their labels to learn from and to choose a
threshold with, and test rows without; the labels of those never leave this process.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graders.kit import ensure
from graders.kit.loading import CodeFolder
from graders.kit.proxy import Proxy
from graders.speech_hw4.inputs import Array, numbers
from seeds.choice import active, chosen
from seeds.datasets import Dataset, get
from seeds.features import Framing, Mfcc, Trio, compute

REFERENCE = Path(__file__).parents[2] / "reference" / "speech_hw4"
CALIBRATION = Path(__file__).with_name("calibration_speakers.json")
LEARN_FROM, JUDGED = 900, 300  # clips at most, so that a real set with thousands takes as long as the embedded one
OWN_LEARN_FROM, OWN_JUDGED = 150, 120  # fewer where the submission computes all features itself
KIND = {"q4.learns_trio": "trio", "q4.learns_mfcc": "mfcc", "q4.learns_outsiders": "mfcc"}
NOBODY = -1

Flags = NDArray[np.bool_]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Part:
    """Rows (N, D), whose they are (N,), and the recordings that they were cut from (N,)."""

    x: Array
    labels: Labels
    recordings: NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Crowd:
    """The open set: known speakers to learn from, outsiders to learn from, and both kinds in validation and test."""

    train: Part
    background: Array
    validation: Part
    test: Part


def random_rows(rng: np.random.Generator, n_classes: int, each: int, width: int) -> tuple[Array, Any]:
    """Rows (n_classes * each, width) of overlapping classes, in random order, and their labels."""
    labels = rng.permutation(np.repeat(np.arange(n_classes), each))
    x: Array = rng.normal(size=(n_classes, width))[labels] + rng.normal(size=(len(labels), width))
    return x, labels


def random_model(rng: np.random.Generator, width: int, n_classes: int) -> dict[str, Array]:
    """A model {"W": (width, n_classes), "b": (n_classes,)}."""
    return {"W": rng.normal(size=(width, n_classes)), "b": rng.normal(size=n_classes)}


def recordings() -> Dataset:
    """The speakers in use, embedded or real, with their outsiders."""
    active("speakers")  # the choice holds for the whole run from here on
    return _loaded(chosen("speakers").path)


def visitors() -> Dataset:
    """The speakers at whose door outsiders stand: those in use, or the embedded ones where a real copy has hardly any outsiders."""
    data = recordings()
    enough = all(len(set(data.groups[_outside(data) & (data.parts == part)].tolist())) >= 2 for part in ("validation", "test"))
    return data if enough else _loaded(None)


@cache
def _loaded(path: Path | None) -> Dataset:
    return get("speakers").load(path, outsiders=True) if path else get("speakers").make(outsiders=True)


def _outside(data: Dataset) -> Flags:
    flags: Flags = data.labels == n_speakers(data)
    return flags


def n_speakers(data: Dataset) -> int:
    """How many known speakers there are: the outsiders are the class after the last."""
    return len(data.label_names) - 1


def _some(data: Dataset, wanted: Flags, clips: int) -> Dataset:
    """Of the wanted clips, the first of each recording, about so many in all."""
    rows = np.flatnonzero(wanted)
    held = data.groups[rows].tolist()
    each, seen, kept = max(1, clips // max(1, len(set(held)))), dict.fromkeys(held, 0), []
    for row, recording in zip(rows.tolist(), held, strict=True):
        seen[recording] += 1
        if seen[recording] <= each:
            kept.append(row)
    return data.choose(np.array(kept, dtype=np.int64))


def closed_parts(data: Dataset, learn_from: int, judged: int) -> tuple[Dataset, Dataset]:
    """Known speakers' clips to learn from, and of other recordings to be judged."""
    known = ~_outside(data)
    return _some(data, known & (data.parts == "train"), learn_from), _some(data, known & (data.parts == "test"), judged)


def _features(data: Dataset, kind: str) -> Array:
    """What `extract` gives, from the cache: equal to the reference's to single precision."""
    cut = Framing.of_ms(data.sample_rate)
    means = Trio(cut=cut, summary="mean") if kind == "trio" else Mfcc(n_mfcc=13, n_mels=24, cut=cut, summary="mean")
    return compute(data, means).stacked()[:, 0].astype(np.float64)


def _standardized(train: Array, other: Array) -> Array:
    scaled: Array = (other - train.mean(axis=0)) / train.std(axis=0)
    return scaled


@cache
def closed_set(data: Dataset, kind: str) -> tuple[Part, Part]:
    """Rows that we computed, standardised: to learn from, to be judged."""
    train, test = closed_parts(data, LEARN_FROM, JUDGED)
    raw = _features(train, kind)
    parts = [Part(_standardized(raw, _features(part, kind)), part.labels, part.groups) for part in (train, test)]
    return parts[0], parts[1]


def own_closed_set(code: Proxy, data: Dataset) -> tuple[Part, Part]:
    """The same from the sound, by the code under test; fewer clips."""
    parts = closed_parts(data, OWN_LEARN_FROM, OWN_JUDGED)
    rows = [
        numbers(code.speakers.extract(list(part.waveforms), part.sample_rate, "mfcc", 1), (len(part), 13), "extract")
        for part in parts
    ]
    pair = code.speakers.standardize(*rows)
    ensure(isinstance(pair, list | tuple) and len(pair) == 2, "standardize should return two arrays.", got=pair)
    scaled = [numbers(part, row.shape, "standardize") for part, row in zip(pair, rows, strict=True)]
    made = [Part(x, part.labels, part.groups) for x, part in zip(scaled, parts, strict=True)]
    return made[0], made[1]


@cache
def open_set(data: Dataset) -> Crowd:
    """Mean MFCC that we computed, standardised by the known speakers' training clips.

    The validation part's outsiders are dealt by recording: every other one is background, the rest helps to choose a threshold.
    The test part has as many clips of known speakers as of outsiders, so that neither letting everybody in nor nobody is worth much.
    """
    outside, n = _outside(data), n_speakers(data)
    train, _ = closed_parts(data, LEARN_FROM, JUDGED)
    raw = _features(train, "mfcc")
    names = sorted(set(data.groups[outside & (data.parts == "validation")].tolist()))
    heard = np.isin(data.groups, names[::2])
    strangers = _some(data, outside & (data.parts == "test"), JUDGED)
    validation = data.parts == "validation"
    rest = (
        (_some(data, validation & ~outside, JUDGED), _some(data, validation & outside & ~heard, JUDGED)),
        (_some(data, ~outside & (data.parts == "test"), len(strangers)), strangers),
    )
    parts = [
        Part(
            np.concatenate([_standardized(raw, _features(part, "mfcc")) for part in pair]),
            np.concatenate([np.where(part.labels == n, NOBODY, part.labels) for part in pair]),
            np.concatenate([part.groups for part in pair]),
        )
        for pair in rest
    ]
    background = _features(_some(data, validation & outside & heard, JUDGED), "mfcc")
    return Crowd(Part(_standardized(raw, raw), train.labels, train.groups), _standardized(raw, background), *parts)


def trained(code: Proxy, x: Array, labels: Labels, n_classes: int, steps: int = 1000) -> dict[str, Array]:
    """The code's own model of these rows, its shape checked."""
    got = code.speakers.train(x, labels, n_classes, steps)
    return model_of(got, x.shape[1], n_classes)


def model_of(got: Any, width: int, n_classes: int) -> dict[str, Array]:
    """The model in what `train` returned."""
    whole = isinstance(got, dict) and isinstance(got.get("model"), dict) and {"W", "b"} <= set(got["model"])
    ensure(whole, "train should return a dictionary with model (W and b) and loss.", got=got)
    shapes = {"W": (width, n_classes), "b": (n_classes,)}
    return {name: numbers(got["model"][name], shape, f"{name} of the model") for name, shape in shapes.items()}


def identified(code: Proxy, train: Part, test: Part, n_classes: int) -> Array:
    """For each test clip 1 where the code's own model names its speaker, else 0."""
    model = trained(code, train.x, train.labels, n_classes)
    found = numbers(code.speakers.classify(model, test.x), test.labels.shape, "classify")
    return np.asarray(found == test.labels, dtype=float)


def ways(code: Proxy, crowd: Crowd, n_classes: int) -> dict[str, Callable[[Array], Any]]:
    """The three ways of the open set, each a function of rows."""

    def by_background(x: Array) -> Any:
        everything = np.concatenate([crowd.train.x, crowd.background])
        labels = np.concatenate([crowd.train.labels, np.full(len(crowd.background), n_classes)])
        return code.openset.by_background(trained(code, everything, labels, n_classes + 1), x)

    def by_probability(x: Array) -> Any:
        return code.openset.by_probability(trained(code, crowd.train.x, crowd.train.labels, n_classes), x)

    def by_centroid(x: Array) -> Any:
        return code.openset.by_centroid(crowd.train.x, crowd.train.labels, n_classes, x)

    return {"by_probability": by_probability, "by_background": by_background, "by_centroid": by_centroid}


@dataclass(frozen=True, eq=False)
class Judged:
    """What the code made of the open set's test clips: 1 where right, and the answers (-1 is nobody)."""

    right: Array
    answers: Array


def judge(code: Proxy, crowd: Crowd, n_classes: int, way: str) -> Judged:
    """Let the code score, choose its threshold on the validation part, and decide on the test part."""
    n_validation, n_test = len(crowd.validation.labels), len(crowd.test.labels)
    got = ways(code, crowd, n_classes)[way](np.concatenate([crowd.validation.x, crowd.test.x]))
    ensure(isinstance(got, dict) and {"class", "score"} <= set(got), f"{way} should return class and score.", got=got)
    classes, scores = (numbers(got[name], (n_validation + n_test,), f"{name} of {way}") for name in ("class", "score"))
    known = crowd.validation.labels != NOBODY
    found = code.openset.eer(scores[:n_validation][known], scores[:n_validation][~known])
    ensure(isinstance(found, dict) and "threshold" in found, "eer should return eer and threshold.", got=found)
    threshold = float(numbers(found["threshold"], (), "the threshold of eer"))
    answers = numbers(code.openset.decide(classes[n_validation:], scores[n_validation:], threshold), (n_test,), "decide")
    return Judged(np.asarray(answers == crowd.test.labels, dtype=float), answers)


@cache
def difficulty(check: str, data: Dataset) -> float:
    """How much harder these recordings are than the ones that the bands were measured on: 1 for the embedded speakers.

    On a real copy, the reference's share of right answers at calibration over its share here.
    """
    if data.provenance.get("source", "").startswith("embedded"):
        return 1.0
    code = CodeFolder.read(REFERENCE)
    here = outcome(check, Proxy(lambda module, name, args, kwargs: code.call(module, name, args, kwargs)), data)[0]
    measured = json.loads(CALIBRATION.read_text(encoding="utf-8"))["checks"][check]["right"]["reference"]
    return float(np.mean(measured)) / max(float(here.mean()), 1 / n_speakers(data))


def outcome(check: str, code: Proxy, data: Dataset) -> tuple[Array, NDArray[np.str_]]:
    """One check's experiment: for each test clip 1 where right, and its recording."""
    if check == "q4.learns_outsiders":
        crowd = open_set(data)
        return judge(code, crowd, n_speakers(data), "by_centroid").right, crowd.test.recordings
    train, test = own_closed_set(code, data) if check == "q4.learns_mfcc" else closed_set(data, KIND[check])
    return identified(code, train, test, n_speakers(data)), test.recordings
