"""Ten genres of music at 22 050 Hz: GTZAN and its embedded likeness. Speech HW4 question 3, Speech HW5 question 4.

Real layout: GTZAN as on Kaggle. It has faults that its users must know (B. L. Sturm, "An Analysis of the GTZAN Music Genre Dataset",
2012): 50 exact replicas, many tracks by one artist, wrong labels. Its files name no artists, so a split by track lets them cross; the
fault-filtered split (Kereliuk, Sturm and Larsen 2015; 443, 197 and 290 tracks) is used where its three lists lie beside the music. Replicas
are left to the audit, which hears them.

Embedded: tracks composed and played by `seeds.music`, 20 artists in each genre, no artist in two parts. Tracks are played when they are
asked for, since 1000 of them take 350 MB and half a minute; only their hashes are kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import scipy
from numpy.typing import NDArray

from seeds import cache
from seeds.datasets.base import PARTS, Dataset, Part, Spec, check_disjoint, count_up, split_by_group
from seeds.datasets.signals import INT16_FULL_SCALE, FloatArray, Signals
from seeds.datasets.wav import UNREADABLE, Files, Recordings, faults, look, open_files, unpack_hint
from seeds.errors import DataError
from seeds.music.compose import Difficulty, track
from seeds.music.sounds import RATE
from seeds.music.styles import STYLES
from seeds.parallel import spread

GENRES = tuple(STYLES)
SAMPLE_RATE = RATE
SPLIT_SEED = 42  # the course's own

# ---------------------------------------------------------------------------------------------------- real tracks

LAYOUT = (
    "genres_original/<genre>/<genre>.NNNNN.wav, 10 genres of 100 tracks; train_, valid_ and test_filtered.txt where you have them"
)
NAME = re.compile(r"(?:^|/)(?P<folder>[a-z]+)/(?P<genre>[a-z]+)\.(?P<number>\d{5})\.wav$", re.IGNORECASE)
TRACKS = 100
UNDECODABLE = "jazz.00054"
"""Damaged as distributed: passed over, with a note in the provenance."""
SHORTEST_S = 25.0
LISTS: dict[Part, tuple[str, int]] = {
    "train": ("train_filtered.txt", 443),
    "validation": ("valid_filtered.txt", 197),
    "test": ("test_filtered.txt", 290),
}


@dataclass(frozen=True, order=True)
class Track:
    """One file, as its name describes it; sorts by genre and number."""

    genre: str
    number: int
    name: str

    @property
    def id(self) -> str:
        """Give the name that lists use, e.g. "jazz.00054"."""
        return f"{self.genre}.{self.number:05d}"


def load(path: Path | str, *, lists: Path | str | None = None, stored_rate: int = SAMPLE_RATE) -> Dataset:
    """Read a copy of GTZAN: its folder, or its zip as downloaded.

    Args:
        path: the folder or the zip; the genres may lie deeper inside.
        lists: folder of the three lists of the fault-filtered split; None looks for them beside the music.
        stored_rate: Hz, where all files of the copy were resampled.

    Returns:
        Tracks sorted by genre and number, read on demand. With the lists, their 930 tracks and split; without, all tracks, split at random
        by track.

    Raises:
        DataError: with every fault of the copy.
    """
    files = open_files(Path(path))
    tracks, skipped, problems = _examine(files, stored_rate)
    part_of, wrong = _read_lists(open_files(Path(lists)) if lists else files, {one.id for one in tracks} | set(skipped))
    if problems or wrong:
        found = problems + wrong
        raise DataError(f"{path} cannot be used as music by genre; {len(found)} problem(s):", found)
    chosen = [one for one in sorted(tracks) if not part_of or one.id in part_of]
    split = "fault-filtered lists" if part_of else "by track at random; artists are unknown and may cross"
    ids = np.array([one.id for one in chosen])
    dataset = Dataset(
        name="genres",
        signals=Recordings(files, tuple(one.name for one in chosen), stored_rate, SAMPLE_RATE),
        sample_rate=SAMPLE_RATE,
        labels=np.array([GENRES.index(one.genre) for one in chosen], dtype=np.int64),
        label_names=GENRES,
        groups=ids,
        parts=np.array([part_of.get(one.id, "") for one in chosen]),
        ids=ids,
        provenance={"source": "GTZAN", "stored_rate": str(stored_rate), "split": split, "skipped": ", ".join(skipped) or "none"},
    )
    return dataset if part_of else split_by_group(dataset, seed=SPLIT_SEED)


def verify(path: Path | str, *, lists: Path | str | None = None, stored_rate: int = SAMPLE_RATE) -> list[str]:
    """List every fault of a copy at once, each naming the file and the remedy; none means that `load` takes it."""
    try:
        files = open_files(Path(path))
        tracks, skipped, problems = _examine(files, stored_rate)
        return problems + _read_lists(open_files(Path(lists)) if lists else files, {one.id for one in tracks} | set(skipped))[1]
    except DataError as error:
        return [str(error)]


def _examine(files: Files, stored_rate: int) -> tuple[list[Track], list[str], list[str]]:
    """Find the tracks, those to pass over, and every problem."""
    waves = [name for name in files.names if name.lower().endswith(".wav")]
    tracks, skipped, problems = [], [], []
    for name in waves:
        match = NAME.search(name)
        if match is None:
            problems.append(f"{name} is not named <genre>/<genre>.NNNNN.wav: rename or remove it")
            continue
        one = Track(match["genre"].lower(), int(match["number"]), name)
        found = faults(files, name, stored_rate)
        if one.id == UNDECODABLE and found:
            skipped.append(one.id)
            continue
        problems += found or _too_short(files, name, stored_rate)
        if one.genre not in GENRES:
            problems.append(f"{name} has the label {one.genre}, wanted one of {', '.join(GENRES)}: rename or remove it")
        elif match["folder"].lower() != one.genre:
            problems.append(f"{name} names {one.genre} in the folder of {match['folder']}: move or rename it")
        else:
            tracks.append(one)
    if not tracks and not problems:
        return [], skipped, [f"found {len(waves)} wave file(s) and none named {LAYOUT}: {unpack_hint(files)}"]
    return tracks, skipped, problems + _incomplete(tracks, skipped)


def _too_short(files: Files, name: str, rate: int) -> list[str]:
    seconds = look(files, name).length / 2 / rate
    remedy = "unpack or download it again"
    return [f"{name} is {seconds:.1f} s long, wanted about 30 s: {remedy}"] if seconds < SHORTEST_S else []


def _incomplete(tracks: list[Track], skipped: list[str]) -> list[str]:
    """Find what a half-unpacked archive lacks, and tracks that are there twice."""
    problems, seen = [], set(skipped)
    for one in sorted(tracks):
        if one.id in seen:
            problems.append(f"{one.name} is there twice: remove one")
        seen.add(one.id)
    for genre in GENRES:
        missing = [number for number in range(TRACKS) if f"{genre}.{number:05d}" not in seen]
        if missing == [int(UNDECODABLE[-5:])] and UNDECODABLE.startswith(genre):
            continue  # some copies have removed it
        if missing:
            problems.append(
                f"genre {genre}: {len(missing)} of {TRACKS} tracks are missing (first: {genre}.{missing[0]:05d}.wav):"
                " the archive is only half unpacked, unpack it again"
            )
    return problems


def _read_lists(files: Files, known: set[str]) -> tuple[dict[str, Part], list[str]]:
    """Read the fault-filtered split, if its lists are there: the part of each track, and every problem."""
    found = {part: next((name for name in files.names if Path(name).name == file), None) for part, (file, _) in LISTS.items()}
    if not any(found.values()):
        return {}, []
    part_of: dict[str, Part] = {}
    problems = []
    for part, name in found.items():
        file, count = LISTS[part]
        if name is None:
            problems.append(f"{file} is missing beside the other lists of the fault-filtered split: put it there, or remove them")
            continue
        try:
            lines = [line.strip() for line in files.read(name).decode("utf-8").splitlines() if line.strip()]
        except (UnicodeDecodeError, *UNREADABLE) as error:
            problems.append(f"{name} cannot be read ({error}): download it again")
            continue
        listed = [Path(line).name.removesuffix(".wav") for line in lines]
        if len(listed) != count:
            problems.append(f"{name} has {len(listed)} tracks, wanted {count}: download it again")
        problems += [f"{name} names {one}, which is not there: unpack the archive again" for one in listed if one not in known]
        problems += [f"{name} names {one}, which another list has: download the lists again" for one in listed if one in part_of]
        part_of |= dict.fromkeys(listed, part)
    return part_of, problems


# ---------------------------------------------------------------------------------------------------- embedded tracks

GENERATOR = 1
"""Raise it with every change that alters the tracks: the cache of their hashes goes by it."""
PART_OF_ARTIST: tuple[Part, ...] = ("train", "train", "train", "validation", "test")
"""Artist k of a genre belongs to part k modulo 5."""


@dataclass(frozen=True)
class Recipe:
    """What decides the embedded tracks.

    Attributes:
        artists, tracks: in each genre (5 and up), and by each artist (1 and up).
        seconds: length of a track (1 and up).
        seed: decides everything else.
        mix, eq: how far genres overlap, see `seeds.music.compose.Difficulty`; chosen on the validation part.
    """

    artists: int = 20
    tracks: int = 5
    seconds: float = 8.0
    seed: int = 42
    mix: float = 0.15
    eq: float = 0.5

    def __post_init__(self) -> None:
        """Refuse sizes that leave a part empty."""
        if self.artists < len(PART_OF_ARTIST) or self.tracks < 1 or self.seconds < 1:
            raise DataError(
                f"got {self.artists} artists, {self.tracks} tracks of {self.seconds} s, wanted 5 and up, 1 and up of 1 and up"
            )


Place = tuple[str, int, int]
"""Genre, artist in the genre, track by the artist."""


class Composed(Signals):
    """Tracks that are played when they are asked for."""

    def __init__(self, recipe: Recipe, places: tuple[Place, ...], digests: NDArray[np.uint8]) -> None:
        """Take what to play, and the SHA-256 of each (N, 32)."""
        self._recipe, self._places, self._digests = recipe, places, digests

    def __len__(self) -> int:
        """Count the tracks."""
        return len(self._places)

    def signal(self, index: int) -> FloatArray:
        """Play a track."""
        return (_play(self._recipe, self._places[index]) / INT16_FULL_SCALE).astype(np.float32)

    def content(self, index: int) -> bytes:
        """Play a track and give its 16-bit samples."""
        return _play(self._recipe, self._places[index]).tobytes()

    def digest(self, index: int) -> bytes:
        """Give the hash of a track without playing it."""
        return bytes(self._digests[index])


def make(recipe: Recipe | None = None, *, workers: int = 2, progress: Callable[[int], object] | None = None) -> Dataset:
    """Give the embedded tracks.

    Args:
        recipe: size, seed and difficulty; None is the set that thresholds rest on.
        workers: processes that play all tracks once, to know their hashes; the tracks do not depend on it.
        progress: called with the number of tracks just played.

    Returns:
        `10 * artists * tracks` tracks sorted by genre and artist, split by `PART_OF_ARTIST`.
    """
    recipe = recipe or Recipe()
    places = tuple((g, a, t) for g in GENRES for a in range(recipe.artists) for t in range(recipe.tracks))
    played_with = {"numpy": np.__version__, "scipy": scipy.__version__}  # another version may round otherwise
    key = {"generator": GENERATOR, **played_with, **asdict(recipe)}
    digests = cache.fetch("genres-hashes", key, lambda: {"sha256": _hash_all(recipe, places, workers, progress)})["sha256"]
    artists = [f"{genre}/artist{artist + 1:02d}" for genre, artist, _ in places]
    dataset = Dataset(
        name="genres",
        signals=Composed(recipe, places, digests),
        sample_rate=SAMPLE_RATE,
        labels=np.array([GENRES.index(genre) for genre, _, _ in places], dtype=np.int64),
        label_names=GENRES,
        groups=np.array(artists),
        parts=np.array([PART_OF_ARTIST[artist % len(PART_OF_ARTIST)] for _, artist, _ in places]),
        ids=np.array([f"{artist}/{number}" for artist, (_, _, number) in zip(artists, places, strict=True)]),
        provenance={"source": "embedded, composed", "generator": str(GENERATOR), "recipe": str(recipe)},
    )
    assert set(dataset.parts.tolist()) == set(PARTS)
    check_disjoint(dataset)
    return dataset


def _play(recipe: Recipe, place: Place) -> NDArray[np.int16]:
    return track(recipe.seed, *place, recipe.seconds, Difficulty(recipe.mix, recipe.eq))


def _hash_one(recipe: Recipe, places: tuple[Place, ...], index: int) -> bytes:
    return hashlib.sha256(_play(recipe, places[index]).tobytes()).digest()


def _hash_all(
    recipe: Recipe, places: tuple[Place, ...], workers: int, progress: Callable[[int], object] | None
) -> NDArray[np.uint8]:
    """Play every track once and give the hashes (N, 32)."""
    hashes = []
    for digest in spread(partial(_hash_one, recipe, places), len(places), workers=workers):
        hashes.append(np.frombuffer(digest, dtype=np.uint8))
        if progress:
            progress(1)
    return np.stack(hashes)


def places(dataset: Dataset) -> list[str]:
    """Lay tracks out as GTZAN does; its own keep their numbers, others are counted within each genre."""
    genres = [dataset.label_names[label] for label in dataset.labels.tolist()]
    ids = [
        identity if re.fullmatch(rf"{genre}\.\d{{5}}", identity) else f"{genre}.{number:05d}"
        for genre, identity, number in zip(genres, dataset.ids.tolist(), count_up(genres), strict=True)
    ]
    return [f"genres_original/{genre}/{name}.wav" for genre, name in zip(genres, ids, strict=True)]


SPEC = Spec(
    name="genres",
    title="ten genres of music, 22 050 Hz, by artist",
    layout=LAYOUT,
    make=make,
    load=load,
    verify=verify,
    licence="embedded: as sanjeh's own; GTZAN: none published, excerpts of commercial recordings",
    examples=len(GENRES) * Recipe().artists * Recipe().tracks,
    seconds=27,
    megabytes=0.1,
    places=places,
)
