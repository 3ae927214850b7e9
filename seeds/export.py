"""Writing a data set into a folder for a class: recordings as the published set lays them out, with a table of labels.

The test part stays at home unless it is asked for. What decides an embedded set, its seed and recipe, is not written: whoever has it can
make the test part. `seeds.exported` reads such folders.
"""

from __future__ import annotations

import csv
import io
import json
import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np

from seeds.datasets import Dataset, Spec
from seeds.datasets.base import PARTS
from seeds.datasets.signals import INT16_FULL_SCALE
from seeds.errors import DataError
from seeds.exported import COLUMNS, LABELS, MANIFEST, Manifest, read_manifest
from seeds.parallel import spread

README = "README.txt"
TOLD = ("source", "licence", "split", "stored_rate")
"""What of the provenance goes with an export."""
GIVEN_OUT = ("train", "validation")
"""The parts that a class may have."""
SAFE = re.compile(r"[\w][\w .()+-]*")
"""A name of a folder or file on every system: no separators, nothing that begins with a dot."""


def select(dataset: Dataset, parts: Sequence[str]) -> Dataset:
    """Give the examples of these parts; all, where the set is not split.

    Raises:
        DataError: there is no such part, or it is empty.
    """
    unknown = sorted(set(parts) - set(PARTS))
    if unknown or not parts:
        raise DataError(f"got parts {', '.join(unknown) or 'none'}, wanted some of: {', '.join(PARTS)}")
    there = set(dataset.parts.tolist())
    if there == {""}:
        return dataset
    missing = sorted(set(parts) - there)
    if missing:
        raise DataError(f"data set {dataset.name!r} has no {' and no '.join(missing)} part; it has {', '.join(sorted(there))}")
    return dataset.choose(np.isin(dataset.parts, list(parts)))


def export(
    spec: Spec,
    dataset: Dataset,
    folder: Path,
    *,
    parts: Sequence[str] = GIVEN_OUT,
    workers: int | None = None,
    progress: Callable[[int], object] | None = None,
) -> Dataset:
    """Write these parts of a data set, and give what was written.

    Args:
        spec: whose layout is followed.
        dataset: the whole data set, embedded or real.
        folder: an empty or new folder, or one that this function wrote: its files are replaced.
        parts: the parts to write.
        workers: processes; None takes one per core.
        progress: called with the number of examples just written.

    Raises:
        DataError: the folder holds other files or cannot be written, the parts are not there, or an example has no place.
    """
    chosen = select(dataset, parts)
    places = _checked(spec.places(chosen))
    manifest = _describe(chosen, places)
    try:
        _clear(folder)
        _write_text(folder / MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False))
        for name in {str(PurePosixPath(file).parent) for file in manifest.files}:
            (folder / name).mkdir(parents=True, exist_ok=True)
        if _kind(places) == ".csv":
            _write_points(folder, chosen, places)
        for _ in spread(partial(_write_signal, folder, chosen, places), len(chosen), workers=workers):
            if progress:
                progress(1)
        if LABELS in manifest.files:
            _write_text(folder / LABELS, _table(chosen, places))
        _write_text(folder / README, _readme(spec, chosen))
        _write_text(folder / MANIFEST, json.dumps(asdict(replace(manifest, complete=True)), ensure_ascii=False))
    except OSError as error:
        raise DataError(f"{folder} cannot be written ({error}): give a folder that can, with room enough") from error
    return chosen


# ----------------------------------------------------------------------------------------------------------- what and where


def _checked(places: list[str]) -> list[str]:
    """Refuse names that lead elsewhere, or that two examples have."""
    for place in places:
        if any(not SAFE.fullmatch(part) or part.endswith((".", " ")) for part in place.split("/")):
            raise DataError(
                f"{place!r} is no name to write a file under: rename the recording, class or group that it comes from"
            )
    folded = [place.casefold() for place in places]
    if _kind(places) != ".csv" and len(set(folded)) < len(folded):
        twice = next(place for place, name in zip(places, folded, strict=True) if folded.count(name) > 1)
        raise DataError(f"two recordings would both be {twice!r}: give them ids that differ by more than capitals")
    return places


def _kind(places: Sequence[str]) -> str:
    return PurePosixPath(places[0]).suffix


def _transcript(place: str) -> str:
    path = PurePosixPath(place)
    return str(path.parent.parent / "transcript" / path.name)


def _describe(dataset: Dataset, places: list[str]) -> Manifest:
    """List what will be written."""
    kind, frames = _kind(places), dataset.frame_labels if _kind(places) == ".npy" else None
    files = dict.fromkeys([*places, *(map(_transcript, places) if frames is not None else ()), README])
    files |= dict.fromkeys([] if kind == ".csv" else [LABELS])
    return Manifest(
        name=dataset.name,
        sample_rate=dataset.sample_rate,
        label_names=dataset.label_names,
        examples=len(dataset),
        parts=tuple(part for part in PARTS if part in dataset.parts),
        files=tuple(files),
        source={key: dataset.provenance[key] for key in TOLD if key in dataset.provenance},
        frame_names=frames.names if frames is not None else (),
        width=int(dataset.waveforms[0].shape[1]) if kind == ".npy" else 0,
    )


def _clear(folder: Path) -> None:
    """Make the folder, or take away what an earlier export wrote into it; refuse where it holds anything else."""
    folder.mkdir(parents=True, exist_ok=True)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}
    if not there:
        return
    try:
        listed = {MANIFEST, *read_manifest((folder / MANIFEST).read_bytes()).files}
    except (OSError, ValueError):
        listed = set()
    others = sorted(there - listed)
    if others:
        raise DataError(f"{folder} holds files that no export wrote ({', '.join(others[:3])}): give a new or an empty folder")
    for name in sorted(there - {MANIFEST}):
        (folder / name).unlink()
    (folder / MANIFEST).unlink()
    for path in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        path.rmdir()


# ------------------------------------------------------------------------------------------------------------------ writing


def _write_signal(folder: Path, dataset: Dataset, places: Sequence[str], index: int) -> int:
    """Write one example; those of a .csv are written all together."""
    path, kind = folder / places[index], _kind(places)
    if kind == ".wav":
        path.write_bytes(wave_bytes(dataset.waveforms[index], dataset.sample_rate))
    elif kind == ".npy":
        np.save(path, dataset.waveforms[index])
        if dataset.frame_labels is not None:
            names = np.array(dataset.frame_labels.names)
            np.save(folder / _transcript(places[index]), names[dataset.frame_labels[index]])
    return index


def wave_bytes(signal: np.ndarray, rate: int) -> bytes:
    """Spell a waveform (n,) in [-1, 1) as a 16-bit mono PCM file; what lies outside is cut."""
    samples = np.clip(np.round(signal * INT16_FULL_SCALE), -INT16_FULL_SCALE, INT16_FULL_SCALE - 1).astype("<i2").tobytes()
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    data = struct.pack("<4sI", b"data", len(samples)) + samples
    return struct.pack("<4sI4s", b"RIFF", 4 + len(form) + len(data), b"WAVE") + form + data


def _write_points(folder: Path, dataset: Dataset, places: Sequence[str]) -> None:
    """Write points (1, D) each, a file for each picture: coordinates x1, x2, ... and the cluster's name."""
    for place in dict.fromkeys(places):
        rows = [row for row, own in enumerate(places) if own == place]
        head = [f"x{axis + 1}" for axis in range(dataset.waveforms[rows[0]].shape[1])]
        lines = [[*map(repr, dataset.waveforms[row][0].tolist()), dataset.label_names[dataset.labels[row]]] for row in rows]
        _write_text(folder / place, _spell([[*head, "label"], *lines]))


def _table(dataset: Dataset, places: Sequence[str]) -> str:
    """Spell labels.csv."""
    labels = [dataset.label_names[label] for label in dataset.labels.tolist()]
    columns = [places, labels, dataset.groups.tolist(), dataset.parts.tolist(), dataset.ids.tolist()]
    columns += [text.tolist() for text in dataset.columns.values()]
    return _spell([[*COLUMNS, *dataset.columns], *map(list, zip(*columns, strict=True))])


def _spell(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _write_text(path: Path, text: str) -> None:
    """Write UTF-8; a .csv begins with the mark that spreadsheets know it by."""
    path.write_text(text, encoding="utf-8-sig" if path.suffix == ".csv" else "utf-8", newline="")


def _readme(spec: Spec, dataset: Dataset) -> str:
    """Say in both languages what the folder holds."""
    counts = [f"{part} {int((dataset.parts == part).sum())}" for part in PARTS if part in dataset.parts]
    listed = ", ".join(counts) or str(len(dataset))
    english = [
        f"{spec.name}: {spec.title}",
        "",
        f"Examples: {listed}. Samples or frames per second: {dataset.sample_rate}.",
        f"Layout of the published set: {spec.layout}.",
    ]
    persian = [f"تعداد نمونه‌ها: {listed}. نمونه یا فریم در ثانیه: {dataset.sample_rate}."]
    if counts:
        english.append(
            f"{LABELS} gives the class (label), the group and the part of every file. Train on train, choose on validation;"
        )
        english.append("if you split anew, keep all files of one group in one part.")
        persian.append(
            f"فایل {LABELS} برای هر فایل، کلاس (label)، گروه (group) و بخش (part) آن را می‌گوید. با train آموزش دهید و با"
        )
        persian.append("validation انتخاب کنید؛ اگر داده‌ها را از نو تقسیم می‌کنید، همهٔ فایل‌های یک گروه را در یک بخش نگه دارید.")
    english += [f"`sanjeh data link {spec.name} FOLDER` uses this folder.", f"Licence: {spec.licence}", ""]
    persian.append(f"با دستور `sanjeh data link {spec.name} FOLDER` سنجه از همین پوشه استفاده می‌کند.")
    return "\n".join([*english, *persian, ""])
