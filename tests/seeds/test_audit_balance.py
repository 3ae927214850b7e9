"""Classes of an open set and of frames are weighed as they should be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from seeds.audit import Finding, Report, Severity, audit, gate
from seeds.datasets import DataError, Dataset, phonemes, speakers
from seeds.datasets.frames import UNKNOWN, PackedFrames

PARTS = ("train", "train", "validation", "test")


@pytest.fixture(autouse=True)
def _fresh(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SANJEH_CACHE", f"{tmp_path}/cache")
    yield


def toy(labels: list[int], parts: list[str], *, names: tuple[str, ...] = ("ann", "bob", "outsider")) -> Dataset:
    """Features at random, each example a group of its own."""
    random, n = np.random.default_rng(7), len(labels)
    ids = np.array([f"r{row:02}" for row in range(n)])
    rows = [random.normal(size=(4, 3)) for _ in range(n)]
    return Dataset("toy", rows, 100, np.array(labels), names, ids, np.array(parts), ids)


def open_set(strangers: dict[str, int]) -> Dataset:
    """Two of each known class in every part, and so many outsiders."""
    labels, parts = [0, 0, 1, 1] * 3, [part for part in PARTS[1:] for _ in range(4)]
    for part, number in strangers.items():
        labels += [2] * number
        parts += [part] * number
    return toy(labels, parts)


def found(report: Report, check: str) -> list[Finding]:
    return [one for one in report.findings if one.check == check]


def test_outsiders_are_no_class() -> None:
    data = open_set({"validation": 40, "test": 1})
    assert data.outsider_label == 2 and data.outsiders.sum() == 41
    report = audit(data, workers=1)
    assert report.passed and not found(report, "balance")
    (info,) = found(report, "open set")
    assert info.severity is Severity.INFO and info.items == ("train: 0", "validation: 40", "test: 1")
    assert report.facts["classes"] == "2 and outsiders"


def test_a_class_of_another_name_is_one() -> None:
    data = replace(open_set({"validation": 40, "test": 40}), label_names=("ann", "bob", "cyd"))
    assert data.outsider_label is None and not data.outsiders.any()
    error, *_ = found(audit(data, workers=1), "balance")
    assert error.severity is Severity.ERROR and error.items == ("cyd",)


def test_known_classes_are_still_weighed_beside_outsiders() -> None:
    data = open_set({"validation": 4, "test": 4})
    labels = data.labels.copy()
    labels[:4] = 0
    (error,) = found(audit(replace(data, labels=labels), workers=1), "balance")
    assert error.severity is Severity.ERROR and error.items == ("bob",)


def test_outsiders_in_training_or_missing_where_they_are_wanted() -> None:
    with pytest.raises(DataError, match="3 outsiders are trained on"):
        gate(open_set({"train": 3, "validation": 2, "test": 2}), workers=1)
    warnings = [one.message for one in found(audit(open_set({"validation": 2}), workers=1), "open set")[:1]]
    assert warnings[0].startswith("the test part has no outsiders, so nothing is known about strangers")
    warnings = [one.message for one in found(audit(open_set({"test": 2}), workers=1), "open set")[:1]]
    assert warnings[0].startswith("the validation part has no outsiders, so no threshold can be chosen")


def test_a_part_of_outsiders_alone_measures_nothing() -> None:
    data = toy([0, 1, 0, 1, 2, 2], ["train"] * 2 + ["validation"] * 2 + ["test"] * 2)
    (warning,) = found(audit(data, workers=1), "balance")
    assert warning.message.startswith("the test part has no examples of a known class")


def test_the_embedded_open_set_has_no_fault_of_balance() -> None:
    recipe = speakers.Recipe(speakers=3, recordings=5, clips=2, strangers=4)
    report = audit(speakers.make(recipe, outsiders=True), workers=1)
    assert not found(report, "balance")
    (info,) = found(report, "open set")
    assert info.items == ("train: 0", "validation: 12", "test: 12")


def frames(sequences: list[list[int]], names: tuple[str, ...] = ("[SIL]", "AA", "ZH", "[SOS]")) -> Dataset:
    """Four utterances, one for each of `PARTS`, with these frame labels."""
    data = toy([0] * 4, list(PARTS), names=("utterance",))
    ends = np.cumsum([len(one) for one in sequences])
    labels = PackedFrames(np.concatenate([np.array(one, dtype=np.int16) for one in sequences]), ends, names, 100)
    return replace(data, frame_labels=labels)


def test_frames_are_counted_by_class_and_part() -> None:
    report = audit(frames([[0, 0, 0, 1], [0, 0, 0, 0], [0, 1], [1, 0, 2]]), workers=1)
    missing, uneven, lacking, never = found(report, "frame balance")
    assert lacking.severity is Severity.WARNING and "validation part lacks 1 classes" in lacking.message
    assert (never.severity, never.items) == (Severity.INFO, ("[SOS]",)) and "1 of 4 classes have no frame" in never.message
    assert (missing.severity, missing.items) == (Severity.ERROR, ("ZH",)) and "train part lacks 1 classes" in missing.message
    assert (
        uneven.items == ("[SIL]: 7", "AA: 1")
        and "1 to 7 frames per class; always guessing the largest gives 88%" in uneven.message
    )
    assert report.facts["frames"] == "13 of 4 classes"


def test_frames_without_a_class_are_left_out() -> None:
    report = audit(frames([[0, 1], [1, 0], [0, 1], [UNKNOWN] * 3], names=("[SIL]", "AA")), workers=1)
    (info,) = found(report, "frame balance")
    assert info.severity is Severity.INFO and info.items == ("test: 3",)


def test_the_embedded_phonemes_report_their_frames() -> None:
    data = phonemes.make(phonemes.Recipe(speakers=5, utterances=2))
    assert data.frame_labels is not None
    report = audit(data, workers=1)
    uneven = [one for one in found(report, "frame balance") if "unbalanced" in one.message]
    assert [one.message.split()[1] for one in uneven] == ["train", "validation", "test"]
    train = np.concatenate([data.frame_labels[row] for row in np.flatnonzero(data.parts == "train").tolist()])
    counts = np.bincount(train, minlength=42)
    largest = data.frame_labels.names[int(counts.argmax())]
    assert uneven[0].items[0] == f"{largest}: {counts.max()}" and len(uneven[0].items) == (counts > 0).sum()
