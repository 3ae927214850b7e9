"""Folders that `sanjeh data export` wrote: what lies in them, and how they are read back.

Recordings lie as in the published set. Two files stand beside them: `labels.csv`, which names every recording with its class, group and
part, for people and their programs; and `sanjeh-export.json`, which says what labels.csv cannot: which data set, at which rate, and the
order of the classes. A published set is known by its names alone and must be whole; an export names what it holds, so that a
test part may be missing.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seeds.datasets import Dataset, Spec
from seeds.datasets._arrays import ArrayFiles, TranscriptFiles, array_faults, array_shape
from seeds.datasets.base import PARTS
from seeds.datasets.frames import FrameLabels
from seeds.datasets.signals import Signals
from seeds.datasets.wav import UNREADABLE, Files, Recordings, faults, open_files
from seeds.errors import DataError

MANIFEST = "sanjeh-export.json"
LABELS = "labels.csv"
COLUMNS = ("audio", "label", "group", "part", "id")
"""The first columns of labels.csv; those of the data set follow."""
FORMAT = 1
AGAIN = "export it again"


@dataclass(frozen=True)
class Manifest:
    """What an export says of itself.

    Attributes:
        name, sample_rate, label_names, examples: of the data set that was exported.
        parts: which parts are in it.
        files: every file that was written, below the folder.
        source: where the data set came from, and its licence.
        frame_names, width: of features (T, width) with frame labels, else nothing and 0.
        complete: the export came to its end.
        format: raised with every change that older code cannot read.
    """

    name: str
    sample_rate: int
    label_names: tuple[str, ...]
    examples: int
    parts: tuple[str, ...]
    files: tuple[str, ...]
    source: dict[str, str]
    frame_names: tuple[str, ...] = ()
    width: int = 0
    complete: bool = False
    format: int = FORMAT


def read_manifest(content: bytes) -> Manifest:
    """Read what `json.dumps(asdict(manifest))` spelt.

    Raises:
        ValueError: it is no such thing, or of a newer format.
    """
    stored: dict[str, Any] = json.loads(content)
    if not isinstance(stored, dict) or stored.get("format") != FORMAT:
        raise ValueError(f"not a list of format {FORMAT}")
    try:
        fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in stored.items()}
        manifest = Manifest(**fields)
        numbers = (manifest.sample_rate, manifest.examples, manifest.width)
        texts = (*manifest.label_names, *manifest.parts, *manifest.files, *manifest.frame_names, *manifest.source.values())
    except (TypeError, AttributeError) as error:
        raise ValueError(f"not a whole list: {error}") from error
    if not all(isinstance(one, int) and one >= 0 for one in numbers) or not all(isinstance(one, str) for one in texts):
        raise ValueError("numbers and texts are not where they should be")
    return manifest


def load(spec: Spec, path: Path) -> Dataset:
    """Read a copy of a data set: an export of it, or the published layout.

    Raises:
        DataError: with every fault of the copy.
    """
    found = _find(path)
    if found is None:
        return spec.load(path)
    files, top = found
    manifest, rows, problems = _examine(files, top, spec)
    if problems or manifest is None:
        raise DataError(f"{path} cannot be used as an export of {spec.name}; {len(problems)} problem(s):", problems)
    column = {key: np.array([row[key] for row in rows], dtype=np.str_) for key in rows[0]}
    names = tuple(top + row["audio"] for row in rows)
    signals, frame_labels = _open(files, names, manifest)
    return Dataset(
        name=spec.name,
        signals=signals,
        sample_rate=manifest.sample_rate,
        labels=np.array([manifest.label_names.index(row["label"]) for row in rows], dtype=np.int64),
        label_names=manifest.label_names,
        groups=column["group"],
        parts=column["part"],
        ids=column["id"],
        provenance={**manifest.source, "copy": "written by sanjeh data export", "parts": ", ".join(manifest.parts)},
        columns={key: text for key, text in column.items() if key not in COLUMNS},
        frame_labels=frame_labels,
    )


def verify(spec: Spec, path: Path) -> list[str]:
    """List every fault of a copy at once, each naming the file and the remedy; none means that `load` takes it."""
    try:
        found = _find(path)
    except DataError as error:
        return [str(error)]
    return spec.verify(path) if found is None else _examine(*found, spec)[2]


def _find(path: Path) -> tuple[Files, str] | None:
    """Give the files of an export and the folder in them where it begins; None where this is none, or one of points, which has no labels
    apart from its files.
    """
    if not path.is_dir() and path.suffix.lower() != ".zip":
        return None
    files = open_files(path)
    tops = [name.removesuffix(MANIFEST) for name in files.names if Path(name).name == MANIFEST]
    top = min(tops, key=len, default=None)
    return (files, top) if top is not None and _has_labels(files, top) else None


def _has_labels(files: Files, top: str) -> bool:
    try:
        return LABELS in read_manifest(files.read(top + MANIFEST)).files
    except (ValueError, *UNREADABLE):
        return True  # it was an export: what is wrong with it is said where it is examined


def _examine(files: Files, top: str, spec: Spec) -> tuple[Manifest | None, list[dict[str, str]], list[str]]:
    """Read manifest and labels, and name every problem of the files."""
    try:
        manifest = read_manifest(files.read(top + MANIFEST))
    except (ValueError, *UNREADABLE) as error:
        return None, [], [f"{top}{MANIFEST} cannot be read ({error}): {AGAIN}"]
    if manifest.name != spec.name:
        return None, [], [f"{top}{MANIFEST} is of {manifest.name}, wanted {spec.name}: link it as {manifest.name}"]
    if not manifest.complete:
        return None, [], [f"{top}{MANIFEST} says that the export was cut short: {AGAIN}"]
    rows, problems = _read_labels(files, top + LABELS, manifest)
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        where, name = f"{LABELS}, row {number}", row["audio"]
        if row["label"] not in manifest.label_names:
            problems.append(f"{where} ({name}) has the label {row['label']!r}, wanted one of {', '.join(manifest.label_names)}")
        if row["part"] not in (*PARTS, ""):
            problems.append(f"{where} ({name}) has the part {row['part']!r}, wanted one of {', '.join(PARTS)}")
        if name in seen or name not in manifest.files:
            reason = "which another row has" if name in seen else "which was not exported"
            problems.append(f"{where} names {name}, {reason}: correct it, or {AGAIN}")
        elif top + name not in files.names:
            problems.append(f"{name} is not there: unpack the archive again, or {AGAIN}")
        else:
            problems += _file_faults(files, top + name, manifest)
        seen.add(name)
    return manifest, rows, problems


def _read_labels(files: Files, name: str, manifest: Manifest) -> tuple[list[dict[str, str]], list[str]]:
    """Read labels.csv; a spreadsheet may have put semicolons for commas."""
    try:
        text = files.read(name).decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [f"{name} is not in UTF-8: save it again as CSV UTF-8"]
    except (KeyError, *UNREADABLE) as error:
        return [], [f"{name} cannot be read ({error}): {AGAIN}"]
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), restval="")
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        return [], [f"{name} has no column {', '.join(missing)}: name the columns in its first row, or {AGAIN}"]
    rows = [{key: value for key, value in row.items() if key is not None} for row in reader]
    if len(rows) != manifest.examples:
        return rows, [f"{name} has {len(rows)} rows, wanted {manifest.examples}: put them back, or {AGAIN}"]
    return rows, []


def _file_faults(files: Files, name: str, manifest: Manifest) -> list[str]:
    if not name.endswith(".npy"):
        return faults(files, name, manifest.sample_rate)
    path = files.path(name)
    if path is None:
        return [f"{name} lies in a zip, where arrays cannot be memory-mapped: unpack it"]
    found = array_faults(path, name, manifest.width)
    if found or not manifest.frame_names:
        return found
    transcript = path.parent.parent / "transcript" / path.name
    if not transcript.is_file():
        return [f"{name} has no transcript beside it: unpack the archive again, or {AGAIN}"]
    partition = path.parent.parent
    return TranscriptFiles.faults(partition, partition.name, path.name, manifest.frame_names, deep=True)


def _open(files: Files, names: tuple[str, ...], manifest: Manifest) -> tuple[Signals, FrameLabels | None]:
    """Give the signals of files that have passed, and their frame labels where there are such."""
    if not names[0].endswith(".npy"):
        return Recordings(files, names, manifest.sample_rate, manifest.sample_rate), None
    paths = tuple(path for path in map(files.path, names) if path is not None)
    lengths = np.array([array_shape(path)[0] for path in paths], dtype=np.int64)
    transcripts = tuple(path.parent.parent / "transcript" / path.name for path in paths)
    labels = TranscriptFiles(transcripts, lengths, manifest.frame_names) if manifest.frame_names else None
    return ArrayFiles(paths, lengths), labels
