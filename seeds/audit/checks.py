"""The checks that look at columns and at what `examine` saw; each gives its findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from seeds.audit.findings import Finding, Severity
from seeds.audit.sound import EDGES_HZ, Sound
from seeds.datasets.base import PARTS, Dataset, TextArray

SOURCES = ("speaker", "artist", "track", "recording")
"""Columns that, like the group, must not be shared between parts."""
SILENT_PEAK = 1e-3
"""Of full scale, -60 dB: nobody speaks so low before a microphone that works."""
CLIPPED_SHARE = 1e-3
"""A thousandth of the samples in flat tops is heard."""
CLIFF_DB, CLIFF_ALONE_DB, ALONE = 15.0, 25.0, 5
"""A group's recordings were once cut off at an edge where nine tenths of them fall by so much across it. A vowel may fall as steeply,
so a group of fewer than `ALONE` recordings must fall further. Measured on the embedded digits: through 8 kHz and back 23 dB (5th
percentile 25); as they are 4 dB in the middle, 24 at the 95th percentile."""


def groups(dataset: Dataset) -> Iterator[Finding]:
    """Find what stands in several parts: a model could recognise the group instead of the class."""
    if not (dataset.parts != "").any():
        yield Finding(
            "split", Severity.INFO, "not split into parts: before a model is tested on it, split by group (split_by_group)"
        )
        return
    columns = {"group": dataset.groups} | {key: dataset.columns[key] for key in SOURCES if key in dataset.columns}
    for key, column in columns.items():
        crossing = _crossing(dataset, column, key)
        if crossing:
            message = f"{len(crossing)} of {len(set(column.tolist()))} values of {key!r} stand in several parts, so a model can score by"
            message += f" recognising the {key}: split by group (split_by_group)"
            yield Finding("groups", Severity.ERROR, message, tuple(crossing))
    for part in PARTS:
        names = set(dataset.groups[dataset.parts == part].tolist())
        if len(names) == 1:
            message = f"the {part} part has one group only ({names.pop()}): a figure from it says little about others"
            yield Finding("one group", Severity.INFO, message)


def _crossing(dataset: Dataset, column: TextArray, key: str) -> list[str]:
    """List the values in several parts. A speaker who is a class of his own (speaker identification) may be."""
    parts, labels, sharing = defaultdict(set), defaultdict(set), defaultdict(set)
    for value, part, label in zip(column.tolist(), dataset.parts.tolist(), dataset.labels.tolist(), strict=True):
        parts[value].add(part)
        labels[value].add(label)
        sharing[label].add(value)
    found = []
    for value in sorted(value for value, where in parts.items() if value and len(where) > 1):
        (label, *more) = labels[value]
        if key != "speaker" or more or len(sharing[label]) > 1:
            found.append(f"{value}: {', '.join(sorted(part or 'no part' for part in parts[value]))}")
    return found


def health(dataset: Dataset, sounds: Sequence[Sound]) -> Iterator[Finding]:
    """Find recordings that cannot be read, say nothing, or were recorded too loud."""
    ids = dataset.ids.tolist()
    broken = [f"{name} {sound.problem}" for name, sound in zip(ids, sounds, strict=True) if sound.problem]
    if broken:
        message = f"{len(broken)} of {len(ids)} recordings cannot be used: remove them, or get the data set again"
        yield Finding("corrupt", Severity.ERROR, message, tuple(broken))
    heard = [(name, sound) for name, sound in zip(ids, sounds, strict=True) if not sound.problem and sound.seconds]
    silent = [f"{name}: peak {sound.peak:.1e} of full scale" for name, sound in heard if sound.peak < SILENT_PEAK]
    if silent:
        message = (
            f"{len(silent)} recordings are silent (below -60 dB) though they have a class: remove them, or record them again"
        )
        yield Finding("silent", Severity.ERROR, message, tuple(silent))
    loud = [f"{name}: {sound.clipped:.1%} of its samples" for name, sound in heard if sound.clipped > CLIPPED_SHARE]
    if loud:
        message = (
            f"{len(loud)} recordings are clipped (flat tops), which adds overtones: record with less gain, or leave them out"
        )
        yield Finding("clipped", Severity.WARNING, message, tuple(loud))


def duplicates(dataset: Dataset, clusters: Sequence[NDArray[np.int64]]) -> Iterator[Finding]:
    """Tell which sets of copies are spread over parts, and which are not."""
    across: list[str] = []
    within: list[str] = []
    for members in clusters:
        where = dataset.parts[members].tolist()
        spelt = ", ".join(f"{dataset.ids[row]} ({part or 'no part'})" for row, part in zip(members.tolist(), where, strict=True))
        (across if len(set(where)) > 1 else within).append(spelt)
    if across:
        message = f"{len(across)} sets of copies (exact or nearly) stand in several parts, so the test is partly known: keep one of each"
        yield Finding("duplicates", Severity.ERROR, message, tuple(across))
    if within:
        split = bool((dataset.parts != "").any())
        message = f"{len(within)} sets of copies (exact or nearly) " + (
            "lie within one part and count more than once" if split else ""
        )
        message += ": keep one of each" if split else "must not be dealt to several parts: give each set one group"
        yield Finding("copies", Severity.WARNING, message, tuple(within))


def bandwidth(dataset: Dataset, sounds: Sequence[Sound]) -> Iterator[Finding]:
    """Find groups that were once recorded at a lower rate, where others were not: a model can tell them apart by that."""
    members: dict[str, list[int]] = defaultdict(list)
    for row, (group, sound) in enumerate(zip(dataset.groups.tolist(), sounds, strict=True)):
        if sound.hashes.size:
            members[group].append(row)
    kinds: dict[int, list[str]] = defaultdict(list)
    for group, rows in members.items():
        kinds[_edge([sounds[row] for row in rows])].append(group)
    if len(kinds) < 2:
        return
    items = []
    for edge, names in sorted(kinds.items()):
        count = sum(len(members[name]) for name in names)
        items.append(f"{f'nothing above {edge} Hz' if edge else 'whole spectrum'}: {count} recordings of {', '.join(names)}")
    message = "sampling rates are mixed: some groups were cut off at a lower rate before, and a model can tell them by that;"
    message += f" bring all to the lowest rate ({2 * min(edge for edge in kinds if edge)} Hz)"
    yield Finding("rates", Severity.WARNING, message, tuple(items))


def _edge(sounds: Sequence[Sound]) -> int:
    """Give the lowest edge in Hz that a group's recordings were cut off at, 0 where there is none."""
    falls = np.quantile([sound.cliffs for sound in sounds], 0.1, axis=0)
    steep = falls > (CLIFF_DB if len(sounds) >= ALONE else CLIFF_ALONE_DB)  # NaN is not
    return EDGES_HZ[int(np.argmax(steep))] if steep.any() else 0
