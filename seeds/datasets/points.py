"""Points in the plane to cluster: ML HW5 question 5 asks what DBSCAN's radius does and how a silhouette is worked by hand.

Real layout: CSV files. Embedded: two half moons, blobs of unequal density, rings, and a worked silhouette. The data of the course's
own silhouette exercise is unreadable; only a = 1 and b = 1.1 (or 1) survive of it. `worked` is a set made here in which
the first point has a = 1 and b = 1.1, hence s = (b - a) / max(a, b) = 1/11; it is not the course's.

A point is a signal of one frame, (1, D); its label is its true cluster; its group is the picture that it belongs to. So points share
fingerprints, links, verification and audit with every other set, and `picture` gives them as the matrix that clustering wants.
There are no parts: clustering learns without labels, and scores all points.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seeds.datasets.base import Dataset, Spec
from seeds.datasets.signals import InMemory
from seeds.determinism import rng
from seeds.errors import DataError

Matrix = NDArray[np.float64]
Clusters = NDArray[np.int64]
Picture = tuple[Matrix, Clusters]
"""Points (N, D) and the cluster of each (N,)."""

UNKNOWN = "unknown"
"""The cluster's name where a file has no column of labels."""
LABEL = "label"
"""The column that holds the true cluster; every other column is a coordinate."""


@dataclass(frozen=True)
class Recipe:
    """What decides the embedded points.

    Attributes:
        points: in each of moons, blobs and rings, 12 and up.
        noise: standard deviation that moons and rings are blurred by; the moons' radius is 1.
        seed: decides every draw.
    """

    points: int = 300
    noise: float = 0.06
    seed: int = 42

    def __post_init__(self) -> None:
        """Refuse pictures without a cluster."""
        if self.points < 12 or self.noise < 0:
            raise DataError(f"got {self.points} points with noise {self.noise}, wanted 12 or more and 0 or more")


def moons(recipe: Recipe) -> Picture:
    """Two half circles that reach into each other: k-means cuts them, density follows them."""
    upper, lower = np.array_split(np.arange(recipe.points), 2)
    angles = np.concatenate([np.linspace(0, math.pi, len(upper)), np.linspace(0, math.pi, len(lower))])
    clusters = np.repeat([0, 1], [len(upper), len(lower)])
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points[clusters == 1] = np.array([1.0, 0.5]) - points[clusters == 1]
    return points + rng(recipe.seed, "points", "moons").normal(scale=recipe.noise, size=points.shape), clusters


BLOBS = ((0.0, 0.0, 0.2), (1.5, 0.0, 0.2), (3.5, 5.0, 1.1))
"""Centre and standard deviation of each: a radius that keeps the two narrow ones apart loses the rim of the wide one."""


def blobs(recipe: Recipe) -> Picture:
    """Three round clusters of equal size and unequal density."""
    clusters = np.sort(np.arange(recipe.points) % len(BLOBS))
    x, y, spread = np.array(BLOBS).T[:, clusters]
    offsets = rng(recipe.seed, "points", "blobs").normal(size=(recipe.points, 2)) * spread[:, None]
    return np.stack([x, y], axis=1) + offsets, clusters


RADII = (1.0, 2.0, 3.0)


def rings(recipe: Recipe) -> Picture:
    """Three circles around one centre, as dense on the outer as on the inner: their means coincide."""
    ends = np.round(np.cumsum(RADII) / sum(RADII) * recipe.points).astype(int)
    clusters = np.searchsorted(ends, np.arange(recipe.points), side="right")
    random = rng(recipe.seed, "points", "rings")
    angles = random.uniform(0, 2 * math.pi, recipe.points)
    radii = np.array(RADII)[clusters] + random.normal(scale=recipe.noise, size=recipe.points)
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1), clusters


def worked(recipe: Recipe) -> Picture:
    """Four points on a line: the first has a = 1 and b = (1 + 1.2) / 2 = 1.1, so its silhouette is 1/11."""
    return np.array([[0.0, 0.0], [-1.0, 0.0], [1.0, 0.0], [1.2, 0.0]]), np.array([0, 0, 1, 1])


PICTURES = {"moons": moons, "blobs": blobs, "rings": rings, "worked": worked}


def make(recipe: Recipe | None = None) -> Dataset:
    """Give the embedded points, all pictures after each other; drawing them takes no time, so nothing is cached."""
    recipe = recipe or Recipe()
    drawn = {name: draw(recipe) for name, draw in PICTURES.items()}
    names = tuple(f"cluster {number}" for number in range(1 + max(int(clusters.max()) for _, clusters in drawn.values())))
    return _dataset(drawn, names, {"source": "embedded", "recipe": str(asdict(recipe))})


def picture(dataset: Dataset, name: str | None = None) -> Picture:
    """Give the points (N, D) and the clusters (N,) of one picture; None where the set has one only.

    Raises:
        DataError: there is no such picture, or there are several to choose from.
    """
    names = sorted(set(dataset.groups.tolist()))
    if (name is None and len(names) != 1) or (name is not None and name not in names):
        raise DataError(f"got {name!r} as the picture, wanted one of: {', '.join(names)}")
    rows = np.flatnonzero(dataset.groups == (name or names[0]))
    return np.concatenate([dataset.waveforms.signal(int(row)) for row in rows]).astype(np.float64), dataset.labels[rows]


def _dataset(pictures: dict[str, Picture], label_names: tuple[str, ...], provenance: dict[str, str]) -> Dataset:
    sizes = [len(points) for points, _ in pictures.values()]
    ids = [f"{name}-{row}" for name, size in zip(pictures, sizes, strict=True) for row in range(size)]
    return Dataset(
        name="points",
        signals=InMemory([point[None] for points, _ in pictures.values() for point in points]),
        sample_rate=1,
        labels=np.concatenate([clusters for _, clusters in pictures.values()]),
        label_names=label_names,
        groups=np.repeat(list(pictures), sizes),
        parts=np.array([""] * len(ids)),
        ids=np.array(ids),
        provenance=provenance,
    )


# ------------------------------------------------------------------------------------------------------------ CSV files


def load(path: Path | str) -> Dataset:
    """Read a CSV file, or every CSV file of a folder as a picture of its own, named after the file.

    The first row names the columns; "label" is the true cluster (any text), and may be missing; all others are coordinates.

    Raises:
        DataError: with every fault of every file.
    """
    found, problems = _examine(Path(path))
    if problems:
        raise DataError(f"{path} cannot be used as points; {len(problems)} problem(s):", problems)
    names = tuple(sorted({label for _, labels in found.values() for label in labels}))
    number = {name: place for place, name in enumerate(names)}
    pictures = {stem: (points, np.array([number[label] for label in labels])) for stem, (points, labels) in found.items()}
    return _dataset(pictures, names, {"source": "CSV", "files": ", ".join(found)})


def verify(path: Path | str) -> list[str]:
    """List every fault at once, each naming file and line; none means that `load` takes it."""
    return _examine(Path(path))[1]


def _examine(path: Path) -> tuple[dict[str, tuple[Matrix, list[str]]], list[str]]:
    """Read all files: {picture: (points (N, D), labels)}, and every problem."""
    if not path.exists():
        return {}, [f"{path} does not exist: check the spelling"]
    if path.is_file() and path.suffix.lower() != ".csv":
        return {}, [f"{path.name} is not a .csv file: unpack it if it is an archive, else save it as CSV in UTF-8"]
    files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    if not files:
        return {}, [f"{path} holds no file named *.csv: give the folder of the CSV files, or one file's own path"]
    found: dict[str, tuple[Matrix, list[str]]] = {}
    problems: list[str] = []
    for file in files:
        points, labels, faults = _read(file)
        found[file.stem] = (points, labels)
        problems += faults
    return found, problems


def _read(file: Path) -> tuple[Matrix, list[str], list[str]]:
    """Read one file: points, labels and faults."""
    nothing: Matrix = np.zeros((0, 0))
    try:
        text = file.read_text(encoding="utf-8-sig")  # a spreadsheet may put a mark in front
    except (OSError, UnicodeDecodeError) as error:
        return nothing, [], [f"{file.name} cannot be read ({error}): save it as CSV in UTF-8"]
    rows = list(csv.reader(io.StringIO(text)))
    head = [name.strip().casefold() for name in rows[0]] if rows else []
    if not [name for name in head if name != LABEL] or all(_is_number(name) for name in head):
        return nothing, [], [f'{file.name} has no row of column names: begin it with one, for example "x,y,{LABEL}"']
    faults = [fault for line, row in enumerate(rows[1:], start=2) for fault in _faults(file.name, line, row, head)]
    if len(rows) < 2:
        faults.append(f"{file.name} has no points below its names: add some, or remove the file")
    if faults:
        return nothing, [], faults
    places = [place for place, name in enumerate(head) if name != LABEL]
    points = np.array([[float(row[place]) for place in places] for row in rows[1:] if row])
    labels = [row[head.index(LABEL)].strip() if LABEL in head else UNKNOWN for row in rows[1:] if row]
    return points, labels, []


def _faults(name: str, line: int, row: list[str], head: list[str]) -> Iterator[str]:
    if row and len(row) != len(head):
        yield f"{name} line {line} has {len(row)} values, wanted {len(head)} ({', '.join(head)})"
        return
    for column, value in zip(head, row, strict=False):
        if column == LABEL and not value.strip():
            yield f"{name} line {line} has no {LABEL}: fill it in, or remove the column"
        if column != LABEL and not _is_number(value):
            yield f"{name} line {line} has {value!r} as {column}, wanted a finite number with a decimal point"


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def places(dataset: Dataset) -> list[str]:
    """Put every picture into a file of its own."""
    return [f"{picture}.csv" for picture in dataset.groups.tolist()]


SPEC = Spec(
    name="points",
    title="points in the plane to cluster: moons, blobs, rings, a worked silhouette",
    layout=f"<picture>.csv with named columns of coordinates and, if known, {LABEL}; or a folder of them",
    make=make,
    load=load,
    verify=verify,
    licence="embedded: as sanjeh's own; yours: your own",
    examples=3 * Recipe().points + 4,
    places=places,
)
