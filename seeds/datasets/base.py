"""The one shape of every data set, real or embedded, and how it is split.

A `Dataset` holds N examples: a signal each (a waveform, or features with time first), a class, the group that must not be
shared between parts (speaker, artist, track), and the part it belongs to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seeds.datasets.frames import FrameLabels
from seeds.datasets.signals import Chosen, InMemory, IntArray, Signals
from seeds.datasets.signals import Packed as Packed
from seeds.determinism import rng
from seeds.errors import DataError

TextArray = NDArray[np.str_]

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = get_args(Part)
SHARES: Mapping[Part, float] = {"train": 0.6, "validation": 0.2, "test": 0.2}
OUTSIDER = "outsider"
"""The name of a label that is no class: what goes by it belongs to none of the others (an open set)."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """N labelled signals.

    Attributes:
        name: of the data set, e.g. "digits".
        signals: N waveforms (n_i,) in [-1, 1), or features (T_i, D) with time first; a plain list is wrapped.
        sample_rate: samples (or feature frames) per second.
        labels: (N,) int64, 0 <= label < len(label_names).
        label_names: what the labels mean, in the order of the numbers.
        groups: (N,) text: the speaker, artist or track that must stay within one part.
        parts: (N,) text: "train", "validation", "test", or "" where it is not split yet.
        ids: (N,) text: which recording this is, unique.
        provenance: where it comes from: source, version, parameters, licence.
        columns: further text about each example, (N,) each: "text", "translation", "speaker", "recording", "kind"; whatever the
            data set knows.
        frame_labels: a class for every frame of every signal, where there are such.
    """

    name: str
    signals: Signals | Sequence[ArrayLike]
    sample_rate: int
    labels: IntArray
    label_names: tuple[str, ...]
    groups: TextArray
    parts: TextArray
    ids: TextArray
    provenance: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, TextArray] = field(default_factory=dict)
    frame_labels: FrameLabels | None = None

    def __post_init__(self) -> None:
        """Check that everything has one length and every label a name."""
        signals = self.signals if isinstance(self.signals, Signals) else InMemory(self.signals)
        object.__setattr__(self, "signals", signals)
        object.__setattr__(self, "labels", np.asarray(self.labels, dtype=np.int64))
        for column in ("groups", "parts", "ids"):
            object.__setattr__(self, column, np.asarray(getattr(self, column), dtype=np.str_))
        object.__setattr__(self, "columns", {key: np.asarray(text, dtype=np.str_) for key, text in self.columns.items()})
        sizes = {column: len(getattr(self, column)) for column in ("signals", "labels", "groups", "parts", "ids")}
        sizes |= {key: len(text) for key, text in self.columns.items()}
        sizes |= {"frame_labels": len(self.frame_labels)} if self.frame_labels is not None else {}
        if len(set(sizes.values())) != 1:
            raise DataError(f"data set {self.name!r} has columns of different length: {sizes}")
        if len(self) and not 0 <= self.labels.min() <= self.labels.max() < len(self.label_names):
            raise DataError(f"data set {self.name!r} has labels outside 0..{len(self.label_names) - 1}")
        unknown = set(self.parts.tolist()) - {*PARTS, ""}
        if unknown:
            raise DataError(f"data set {self.name!r} has parts {sorted(unknown)}, wanted only {', '.join(PARTS)}")

    def __len__(self) -> int:
        """Count the examples."""
        return len(self.labels)

    @property
    def outsider_label(self) -> int | None:
        """Give the label of those who belong to no class, None where the set is closed."""
        return self.label_names.index(OUTSIDER) if OUTSIDER in self.label_names else None

    @property
    def outsiders(self) -> NDArray[np.bool_]:
        """Tell who belongs to no class: (N,)."""
        return np.asarray(self.labels == (-1 if self.outsider_label is None else self.outsider_label))

    @property
    def waveforms(self) -> Signals:
        """Give the signals by the name that fits recordings."""
        assert isinstance(self.signals, Signals)
        return self.signals

    @cached_property
    def fingerprint(self) -> str:
        """Hash everything that an experiment depends on: signals, all labels and texts, names, groups, parts and rate (SHA-256, hex).

        Files are hashed as stored, so that the fingerprint does not depend on the version of the resampler.
        """
        sha = hashlib.sha256(f"{self.sample_rate}|{'|'.join(self.label_names)}".encode())
        for index, row in enumerate(zip(self.ids, self.labels.tolist(), self.groups, self.parts, strict=True)):
            sha.update("|".join(map(str, row)).encode())
            sha.update(self.waveforms.digest(index))
            if self.frame_labels is not None:
                sha.update(self.frame_labels.digest(index))
        for key, text in sorted(self.columns.items()):
            sha.update("|".join((key, *text.tolist())).encode())
        if self.frame_labels is not None:
            sha.update("|".join(self.frame_labels.names).encode())
        return sha.hexdigest()

    def choose(self, rows: NDArray[Any] | Sequence[int]) -> Dataset:
        """Give the examples of `rows` (places, or a mask of N), in that order, without copying signals."""
        places = np.arange(len(self), dtype=np.int64)[np.asarray(rows)]
        chosen = {column: getattr(self, column)[places] for column in ("labels", "groups", "parts", "ids")}
        frames = None if self.frame_labels is None else self.frame_labels.choose(places)
        columns = {key: text[places] for key, text in self.columns.items()}
        return replace(self, signals=Chosen(self.waveforms, places), columns=columns, frame_labels=frames, **chosen)

    def part(self, name: Part) -> Dataset:
        """Give the examples of one part.

        Raises:
            DataError: the part is empty.
        """
        rows = self.parts == name
        if not rows.any():
            raise DataError(f"data set {self.name!r} has no {name} part; it has {sorted(set(self.parts.tolist()))}")
        return self.choose(rows)


def places_by_id(dataset: Dataset) -> list[str]:
    """Put every recording into one folder under its own id."""
    return [f"clips/{identity}.wav" for identity in dataset.ids.tolist()]


def count_up(keys: Sequence[object]) -> list[int]:
    """Number what has one key from 0, each key by itself, in the order given."""
    seen: dict[object, int] = {}
    numbers = []
    for key in keys:
        numbers.append(seen.get(key, 0))
        seen[key] = numbers[-1] + 1
    return numbers


@dataclass(frozen=True)
class Spec:
    """What a data set's module offers.

    Attributes:
        name, title: what it is called, and one line on what it is.
        layout: how a real copy lies on disk, for people.
        make: the embedded data, made here or taken from the cache; called without arguments, or with those of `workers` (processes)
            and `progress` (called with the number of examples just made) that it takes.
        load: a real copy at a path; raises `DataError` naming every fault.
        verify: the faults of the copy at a path, all of them; none means that `load` takes it.
        licence: who may use it how: the embedded data, and each published set that `load` reads.
        examples, seconds, megabytes: what making the embedded data with its default recipe gives and costs, measured on two cores;
            0 is unknown.
        places: where each example lies in the real layout, one path with "/" each; its ending says how it is kept: .wav, .npy (features,
            with the transcript beside), or .csv (points, many to a file).
    """

    name: str
    title: str
    layout: str
    make: Callable[..., Dataset]
    load: Callable[..., Dataset]
    verify: Callable[[Path], list[str]]
    licence: str
    examples: int = 0
    seconds: float = 0.0
    megabytes: float = 0.0
    places: Callable[[Dataset], list[str]] = places_by_id


def split_by_group(dataset: Dataset, shares: Mapping[Part, float] = SHARES, *, seed: int) -> Dataset:
    """Deal whole groups to the parts, at random but decided by the seed.

    Every part with a share above 0 gets at least one group; the rest goes by the shares of groups, not of examples.

    Raises:
        DataError: the shares do not add to 1, or there are fewer groups than parts.
    """
    wanted = [part for part in PARTS if shares.get(part, 0) > 0]
    if abs(sum(shares.values()) - 1) > 1e-9:
        raise DataError(f"got shares {dict(shares)}, wanted shares that add to 1")
    names = sorted(set(dataset.groups.tolist()))
    if len(names) < len(wanted):
        raise DataError(f"got {len(names)} groups ({', '.join(names)}) for {len(wanted)} parts, wanted at least one each")
    order = rng(seed, "split", dataset.name, *names).permutation(len(names))
    counts = dict.fromkeys(wanted, 1)
    for _ in range(len(names) - len(wanted)):  # to whoever is furthest below its share
        neediest = max(wanted, key=lambda part: shares[part] - counts[part] / len(names))
        counts[neediest] += 1
    dealt = [part for part in wanted for _ in range(counts[part])]
    part_of = {names[place]: part for place, part in zip(order, dealt, strict=True)}
    split = replace(dataset, parts=np.array([part_of[group] for group in dataset.groups.tolist()], dtype=np.str_))
    check_disjoint(split)
    return split


def check_disjoint(dataset: Dataset) -> None:
    """Make sure that no group is in two parts.

    Raises:
        DataError: some are; the problems name each with its parts.
    """
    parts_of: dict[str, set[str]] = {}
    for group, part in zip(dataset.groups.tolist(), dataset.parts.tolist(), strict=True):
        parts_of.setdefault(group, set()).add(part)
    crossing = [f"{group}: {', '.join(sorted(parts))}" for group, parts in sorted(parts_of.items()) if len(parts) > 1]
    if crossing:
        raise DataError(f"data set {dataset.name!r} is split across its groups: a model could recognise the group", crossing)


def limit(dataset: Dataset, per_group_and_label: int) -> Dataset:
    """Keep the first so many examples of each label in each group, in their order."""
    numbers = count_up(list(zip(dataset.groups.tolist(), dataset.labels.tolist(), strict=True)))
    return dataset.choose(np.array(numbers, dtype=np.int64) < per_group_and_label)
