"""Spoken English digits, one per clip, at 16 kHz: Speech HW4 question 2 trains its perceptron on AudioMNIST.

Real layouts: AudioMNIST (Becker et al. 2018, 48 kHz) and the Free Spoken Digit Dataset (Jackson et al., 8 kHz). Embedded: spoken
by espeak-ng voices that differ in accent, timbre, pitch and vocal tract, each in a room and before a microphone of its own.
Groups are speakers, and no speaker is in two parts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from seeds import cache
from seeds.datasets.base import Dataset, Part, Spec, check_disjoint, limit, split_by_group
from seeds.datasets.signals import Packed
from seeds.datasets.wav import Files, Recordings, faults, open_files, unpack_hint
from seeds.determinism import derive, rng
from seeds.errors import DataError
from seeds.speech.cast import TIMBRES, Speaker, draw_manner, draw_speaker, speaker_name, take_up
from seeds.speech.engine import Request, speak_all

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SAMPLE_RATE = 16_000  # Hz; the course resamples AudioMNIST to it
SPLIT_SEED = 42  # the course's own


# ---------------------------------------------------------------------------------------------------- real recordings


@dataclass(frozen=True)
class Layout:
    """How a published set names its files; `pattern` finds digit, speaker and take at the end of a path."""

    name: str
    shape: str
    pattern: re.Pattern[str]
    rate: int  # Hz, as distributed
    licence: str


LAYOUTS = (
    Layout(
        "AudioMNIST",
        "data/NN/<digit>_<NN>_<take>.wav",
        re.compile(r"(?:^|/)(?P<folder>\d\d)/(?P<digit>\d+)_(?P<speaker>\d\d)_(?P<take>\d+)\.wav$", re.IGNORECASE),
        48_000,
        "MIT",
    ),
    Layout(
        "FSDD",
        "recordings/<digit>_<speaker>_<take>.wav",
        re.compile(r"(?:^|/)(?P<digit>\d+)_(?P<speaker>[A-Za-z]\w*?)_(?P<take>\d+)\.wav$", re.IGNORECASE),
        8_000,
        "CC BY-SA 4.0",
    ),
)


@dataclass(frozen=True, order=True)
class Recording:
    """One file, as its name describes it; sorts by speaker, digit, take."""

    speaker: str
    digit: int
    take: int
    name: str


def load(path: Path | str, *, takes_per_digit: int | None = None, stored_rate: int | None = None) -> Dataset:
    """Read a copy of AudioMNIST or FSDD: its folder, or its zip as downloaded.

    Args:
        path: the folder or the zip; the set may lie deeper inside.
        takes_per_digit: keep the first so many takes of each digit by each speaker; None keeps all.
        stored_rate: Hz, where all files of the copy were resampled; None wants the rate of the layout.

    Returns:
        Recordings read on demand, resampled to 16 kHz, sorted by speaker, digit and take, split by speaker where there are three
        speakers or more (with fewer, every part is "").

    Raises:
        DataError: with every fault of the copy.
    """
    files = open_files(Path(path))
    layout, recordings, problems = _examine(files, stored_rate)
    if problems or layout is None:
        raise DataError(f"{path} cannot be used as spoken digits; {len(problems)} problem(s):", problems)
    chosen = sorted(recordings)
    rate = stored_rate or layout.rate
    dataset = Dataset(
        name="digits",
        signals=Recordings(files, tuple(one.name for one in chosen), rate, SAMPLE_RATE),
        sample_rate=SAMPLE_RATE,
        labels=np.array([one.digit for one in chosen], dtype=np.int64),
        label_names=WORDS,
        groups=np.array([one.speaker for one in chosen]),
        parts=np.array([""] * len(chosen)),
        ids=np.array([f"{one.digit}_{one.speaker}_{one.take}" for one in chosen]),
        provenance={"source": layout.name, "stored_rate": str(rate), "licence": layout.licence},
    )
    if takes_per_digit is not None:
        dataset = limit(dataset, takes_per_digit)
    return split_by_group(dataset, seed=SPLIT_SEED) if len(set(dataset.groups.tolist())) >= 3 else dataset


def verify(path: Path | str, *, stored_rate: int | None = None) -> list[str]:
    """List every fault of a copy at once, each naming the file and the remedy; none means that `load` takes it."""
    try:
        return _examine(open_files(Path(path)), stored_rate)[2]
    except DataError as error:
        return [str(error)]


def _examine(files: Files, stored_rate: int | None) -> tuple[Layout | None, list[Recording], list[str]]:
    """Find the layout, the recordings, and every problem."""
    waves = [name for name in files.names if name.lower().endswith(".wav")]
    layout = _recognise(waves)
    if layout is None:
        shapes = " or ".join(f"{layout.shape} ({layout.name})" for layout in LAYOUTS)
        return None, [], [f"found {len(waves)} wave file(s) and none named {shapes}: {unpack_hint(files)}"]
    recordings, problems = [], []
    for name in waves:
        match = layout.pattern.search(name)
        if match is None:
            problems.append(f"{name} is not named {layout.shape}: rename or remove it")
            continue
        found = Recording(match["speaker"], int(match["digit"]), int(match["take"]), name)
        problems += _misnamed(found, match.groupdict().get("folder")) + faults(files, name, stored_rate or layout.rate)
        recordings.append(found)
    return layout, recordings, problems + _incomplete(recordings)


def _recognise(waves: list[str]) -> Layout | None:
    """Give the layout that most names fit, or None."""
    fits = {layout: sum(bool(layout.pattern.search(name)) for name in waves) for layout in LAYOUTS}
    best = max(LAYOUTS, key=fits.__getitem__)
    return best if fits[best] else None


def _misnamed(found: Recording, folder: str | None) -> list[str]:
    """Compare what the name says with what it may say."""
    problems = []
    if found.digit >= len(WORDS):
        problems.append(f"{found.name} has the label {found.digit}, wanted a digit from 0 to 9: rename or remove it")
    if folder is not None and folder != found.speaker:
        problems.append(f"{found.name} names speaker {found.speaker} in the folder of {folder}: move or rename it")
    return problems


def _incomplete(recordings: list[Recording]) -> list[str]:
    """Find what a half-unpacked archive lacks: takes of a digit that other speakers, or other digits, have."""
    known = [one for one in recordings if one.digit < len(WORDS)]
    takes = {(one.speaker, one.digit, one.take) for one in known}
    problems = [f"{one.name} is there twice: remove one" for one in _repeated(known)]
    expected = range(max((one.take for one in known), default=-1) + 1)
    for speaker in sorted({one.speaker for one in known}):
        for digit in range(len(WORDS)):
            missing = [take for take in expected if (speaker, digit, take) not in takes]
            if missing:
                problems.append(
                    f"speaker {speaker}, digit {digit}: {len(missing)} of {len(expected)} takes are missing"
                    f" (first: take {missing[0]}): the archive is only half unpacked, unpack it again"
                )
    return problems


def _repeated(recordings: Iterable[Recording]) -> list[Recording]:
    """Give the recordings whose speaker, digit and take another file already has."""
    seen: Counter[tuple[str, int, int]] = Counter()
    repeated = []
    for one in recordings:
        seen[one.speaker, one.digit, one.take] += 1
        if seen[one.speaker, one.digit, one.take] > 1:
            repeated.append(one)
    return repeated


# ------------------------------------------------------------------------------------------------ embedded recordings

GENERATOR = 2
"""Raise it with every change that alters the recordings: the cache goes by it."""
PART_OF_SPEAKER: tuple[Part, ...] = ("train", "train", "train", "validation", "test")
"""Speaker k belongs to part k modulo 5: three fifths train, and women and men in every part."""


@dataclass(frozen=True)
class Recipe:
    """What decides the embedded digits.

    Attributes:
        speakers, takes: how many voices (5..24), and how often each says each digit (1 and up).
        seed: decides everything else.
        snr_db: lowest and highest ratio of speech to noise.
    """

    speakers: int = 24
    takes: int = 4
    seed: int = 42
    snr_db: tuple[float, float] = (8.0, 35.0)

    def __post_init__(self) -> None:
        """Refuse sizes that leave a part empty or a voice twice."""
        if not len(PART_OF_SPEAKER) <= self.speakers <= len(TIMBRES):
            raise DataError(f"got {self.speakers} speakers, wanted {len(PART_OF_SPEAKER)} to {len(TIMBRES)}")
        if self.takes < 1:
            raise DataError(f"got {self.takes} takes of each digit, wanted 1 or more")


def make(recipe: Recipe | None = None, *, workers: int = 2, progress: Callable[[int], object] | None = None) -> Dataset:
    """Give the embedded digits, from the cache where they have been made before.

    Args:
        recipe: size and seed; None is the set that assignments are graded on.
        workers: speech processes; the recordings do not depend on it.
        progress: called with the number of clips just spoken.

    Returns:
        `speakers * 10 * takes` clips of about half a second, sorted by speaker, digit and take, split by `PART_OF_SPEAKER`.

    Raises:
        EngineMissing: the recordings are not in the cache and the speech engine is not installed.
    """
    recipe = recipe or Recipe()
    arrays = cache.fetch("digits", {"generator": GENERATOR, **asdict(recipe)}, lambda: _generate(recipe, workers, progress))
    labels = np.tile(np.repeat(np.arange(len(WORDS)), recipe.takes), recipe.speakers)
    speakers = np.repeat(np.arange(recipe.speakers), len(WORDS) * recipe.takes)
    groups = np.array([speaker_name(number) for number in speakers.tolist()])
    takes = np.tile(np.arange(recipe.takes), recipe.speakers * len(WORDS))
    dataset = Dataset(
        name="digits",
        signals=Packed(arrays["samples"], arrays["ends"]),
        sample_rate=SAMPLE_RATE,
        labels=labels,
        label_names=WORDS,
        groups=groups,
        parts=np.array([PART_OF_SPEAKER[number % len(PART_OF_SPEAKER)] for number in speakers.tolist()]),
        ids=np.array([f"{digit}_{group}_{take}" for digit, group, take in zip(labels, groups, takes, strict=True)]),
        provenance={"source": "embedded, espeak-ng", "generator": str(GENERATOR), "recipe": str(recipe)},
    )
    check_disjoint(dataset)
    return dataset


def _generate(recipe: Recipe, workers: int, progress: Callable[[int], object] | None) -> cache.Arrays:
    """Speak and record everything: {"samples": (total,) int16, "ends": (N,) int64}."""
    speakers = [draw_speaker(number, SAMPLE_RATE, recipe.seed, "digits") for number in range(recipe.speakers)]
    plan = [(who, digit, take) for who in speakers for digit in range(len(WORDS)) for take in range(recipe.takes)]
    spoken = speak_all([_draw_request(*row, recipe.seed) for row in plan], workers=workers, progress=progress)
    clips = []
    for utterance, (who, digit, take) in zip(spoken, plan, strict=True):
        random = rng(recipe.seed, "digits", "recording", who.name, digit, take)
        clips.append(take_up(utterance, who, SAMPLE_RATE, random, recipe.snr_db))
    return {"samples": np.concatenate(clips), "ends": np.cumsum([len(clip) for clip in clips]).astype(np.int64)}


def _draw_request(who: Speaker, digit: int, take: int, seed: int) -> Request:
    """Draw how the speaker says this digit this time, with the intonation of a statement, a list, a cry or a question."""
    random = rng(seed, "digits", "manner", who.name, digit, take)
    voice = draw_manner(who, random)
    tone = random.choice([".", ",", "!", "?"], p=(0.55, 0.2, 0.15, 0.1))
    return f"{WORDS[digit]}{tone}", voice, derive(seed, "digits", "engine", who.name, digit, take)


def places(dataset: Dataset) -> list[str]:
    """Lay recordings out as the Free Spoken Digit Dataset does."""
    return [f"recordings/{identity}.wav" for identity in dataset.ids.tolist()]


SPEC = Spec(
    name="digits",
    title="spoken English digits, 16 kHz, by speaker",
    layout=" or ".join(f"{layout.shape} ({layout.name})" for layout in LAYOUTS),
    make=make,
    load=load,
    verify=verify,
    licence="embedded: as sanjeh's own; " + "; ".join(f"{layout.name}: {layout.licence}" for layout in LAYOUTS),
    examples=Recipe().speakers * Recipe().takes * len(WORDS),
    seconds=6,
    megabytes=16,
    places=places,
)
