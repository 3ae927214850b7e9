"""How many examples each class has in each part, and how many frames where frames have classes of their own.

Outsiders of an open set are no class: nobody asks a model to name them, so their number says nothing about the balance. What counts is
that a part has any of them, that training has none, and that no one else goes by their label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from seeds.audit.findings import Finding, Severity
from seeds.datasets.base import PARTS, Dataset
from seeds.datasets.signals import IntArray

UNBALANCED = 3.0
"""Largest class to smallest, in one part."""


def balance(dataset: Dataset) -> Iterator[Finding]:
    """Compare the sizes of the classes, part by part, and look at outsiders and frames where there are such."""
    outside, parts = dataset.outsiders, _parts(dataset)
    known = [label for label in range(len(dataset.label_names)) if label != dataset.outsider_label]
    if len(known) >= 2:
        columns = {part: dataset.labels[(dataset.parts == part) & ~outside] for part in parts}
        counts = {part: np.bincount(labels, minlength=len(dataset.label_names))[known] for part, labels in columns.items()}
        yield from _compare("balance", "examples", [dataset.label_names[label] for label in known], counts)
    if outside.any():
        yield from _open_set(dataset, parts)
    if dataset.frame_labels is not None:
        yield from _frames(dataset, parts)


def _parts(dataset: Dataset) -> list[str]:
    return sorted(set(dataset.parts.tolist()), key=["", *PARTS].index)


def _title(part: str) -> str:
    return f"the {part} part" if part else "the set"


def _compare(check: str, unit: str, names: Sequence[str], counts: Mapping[str, IntArray]) -> Iterator[Finding]:
    """Compare counts (C,) of each part: classes that occur nowhere, that a part lacks, and that are much larger than others."""
    anywhere = np.sum(list(counts.values()), axis=0) > 0
    never = tuple(name for name, seen in zip(names, anywhere, strict=True) if not seen)
    if never:
        yield Finding(check, Severity.INFO, f"{len(never)} of {len(names)} classes have no {unit.removesuffix('s')}", never)
    for part, count in counts.items():
        title, there = _title(part), count > 0
        if not there.any():
            yield Finding(check, Severity.WARNING, f"{title} has no {unit} of a known class: nothing can be measured on it")
            continue
        missing = tuple(name for name, lacks in zip(names, anywhere & ~there, strict=True) if lacks)
        if missing:
            severity = Severity.ERROR if part == "train" else Severity.WARNING
            remedy = "they cannot be learnt" if part == "train" else "nothing is known about them"
            message = f"{title} lacks {len(missing)} classes that others have, so {remedy}: split anew"
            yield Finding(check, severity, message, missing)
        least, most = int(count[there].min()), int(count.max())
        if most > UNBALANCED * least:
            message = f"{title} is unbalanced ({least} to {most} {unit} per class; always guessing the"
            message += f" largest gives {most / count.sum():.0%}): report figures per class"
            items = tuple(f"{names[label]}: {count[label]}" for label in np.argsort(-count, kind="stable") if there[label])
            yield Finding(check, Severity.WARNING, message, items)


def _open_set(dataset: Dataset, parts: Sequence[str]) -> Iterator[Finding]:
    """Tell how many outsiders each part has; there should be some to choose a threshold on and others to test it, none to train on."""
    numbers = {part: int((dataset.outsiders & (dataset.parts == part)).sum()) for part in parts}
    listed = tuple(f"{part or 'no part'}: {number}" for part, number in numbers.items())
    message = "an open set: outsiders belong to no class and are left out of the balance; do not count them in an accuracy"
    yield Finding("open set", Severity.INFO, message, listed)
    if numbers.get("train"):
        message = (
            f"{numbers['train']} outsiders are trained on, so a model learns them as a class: keep them for validation and test"
        )
        yield Finding("open set", Severity.ERROR, message)
    for part, purpose in (("validation", "no threshold can be chosen"), ("test", "nothing is known about strangers")):
        if numbers.get(part) == 0:
            yield Finding("open set", Severity.WARNING, f"the {part} part has no outsiders, so {purpose}: split anew")


def _frames(dataset: Dataset, parts: Sequence[str]) -> Iterator[Finding]:
    """Compare the classes of frames, one utterance at a time; frames whose class is not given do not count."""
    labels = dataset.frame_labels
    assert labels is not None
    counts = {part: np.zeros(len(labels.names), dtype=np.int64) for part in parts}
    unlabelled = dict.fromkeys(parts, 0)
    for index, part in enumerate(dataset.parts.tolist()):
        sequence = labels[index]
        given = sequence[sequence >= 0]
        counts[part] += np.bincount(given, minlength=len(labels.names))
        unlabelled[part] += len(sequence) - len(given)
    secret = tuple(f"{part or 'no part'}: {number}" for part, number in unlabelled.items() if number)
    if secret:
        yield Finding(
            "frame balance", Severity.INFO, "some frames have no class given, so nothing can be measured on them", secret
        )
    yield from _compare("frame balance", "frames", labels.names, {part: one for part, one in counts.items() if one.any()})
