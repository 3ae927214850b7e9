"""Which phoneme sounds in every 10 ms of speech: 28 MFCCs per frame, 42 symbols. ML HW5 question 4 (CMU 11-785, homework 1 part 2).

Real layout: the course's own arrays, read utterance by utterance through memory maps. Embedded: American English by espeak-ng, whose
phoneme events say to the sample where each phone begins. Signals are features (T, 28), frames per second are 100; `frame_labels`
are the phones, (T,) each; groups are speakers. Borders of utterances are known, so that no context window need cross one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seeds import cache
from seeds.datasets._arrays import ArrayFiles, TranscriptFiles, array_faults, array_shape
from seeds.datasets.base import Dataset, Part, Spec, check_disjoint
from seeds.datasets.frames import PackedFrames
from seeds.datasets.signals import PackedFeatures
from seeds.determinism import derive, rng
from seeds.errors import DataError
from seeds.features.spectra import Framing, mfcc
from seeds.speech.aligned import label_frames, record_aligned
from seeds.speech.arpabet import SILENCE, SYMBOLS, symbols_in_time
from seeds.speech.cast import TIMBRES, Speaker, draw_manner, draw_speaker
from seeds.speech.engine import Request, Utterance, speak_all
from seeds.speech.sentences import draw_sentence

FRAMES_PER_SECOND = 100
N_MFCC = 28
LABEL_NAMES = ("utterance",)
"""Utterances have no class of their own; their frames have."""

# ---------------------------------------------------------------------------------------------------- real features

PARTITIONS: dict[str, Part] = {"train-clean-100": "train", "dev-clean": "validation", "test-clean": "test"}
LAYOUT = f"<partition>/mfcc/*.npy (T, {N_MFCC}) and <partition>/transcript/*.npy, partitions {', '.join(PARTITIONS)}"
SPEAKER = re.compile(r"(\d+)-\d+-\d+$")
"""LibriSpeech names an utterance speaker-chapter-number."""


def load(path: Path | str) -> Dataset:
    """Read a copy of HW1P2: its unpacked folder, or any folder above it.

    Nothing but the arrays' heads is read here; features and labels come when they are asked for. The test partition has no transcripts:
    its frames are labelled `frames.UNKNOWN`. Utterances are sorted by part and name, as the course's code takes them.

    Raises:
        DataError: with every fault that the heads show; `verify` also reads the transcripts.
    """
    root, found, problems = _examine(Path(path), deep=False)
    if problems or root is None:
        raise DataError(f"{path} cannot be used as frames with phonemes; {len(problems)} problem(s):", problems)
    names = [(part, name) for partition, part in PARTITIONS.items() for name in found.get(partition, [])]
    folder_of = {part: root / partition for partition, part in PARTITIONS.items()}
    features = [folder_of[part] / "mfcc" / name for part, name in names]
    spoken = [folder_of[part] / "transcript" / name for part, name in names]
    lengths = np.array([array_shape(file)[0] for file in features], dtype=np.int64)
    stems = [name.removesuffix(".npy") for _, name in names]
    speakers = [match[1] if (match := SPEAKER.search(stem)) else stem for stem in stems]
    dataset = Dataset(
        name="phonemes",
        signals=ArrayFiles(tuple(features), lengths),
        sample_rate=FRAMES_PER_SECOND,
        labels=np.zeros(len(names), dtype=np.int64),
        label_names=LABEL_NAMES,
        groups=np.array(speakers),
        parts=np.array([part for part, _ in names]),
        ids=np.array([f"{part}/{stem}" for (part, _), stem in zip(names, stems, strict=True)]),
        provenance={"source": "CMU 11-785 HW1P2 (LibriSpeech, CC BY 4.0)"},
        frame_labels=TranscriptFiles(tuple(file if file.exists() else None for file in spoken), lengths, SYMBOLS),
    )
    check_disjoint(dataset)
    return dataset


def verify(path: Path | str) -> list[str]:
    """List every fault of a copy at once, each naming the file and the remedy; none means that `load` takes it."""
    return _examine(Path(path), deep=True)[2]


def _examine(path: Path, *, deep: bool) -> tuple[Path | None, dict[str, list[str]], list[str]]:
    """Find the folder that holds the partitions, their utterances, and every problem; `deep` reads the transcripts too."""
    root = _find_root(path)
    if root is None:
        if not path.exists():
            return None, {}, [f"{path} does not exist: check the spelling, or unpack the data set there"]
        packed = [path] if path.is_file() else sorted(path.glob("*.zip"))
        remedy = (
            f"unpack {packed[0].name}, since arrays in a zip cannot be memory-mapped" if packed else "unpack the archive again"
        )
        return None, {}, [f"{path} holds no {LAYOUT}: {remedy}"]
    found, problems = {}, []
    for partition, part in PARTITIONS.items():
        folder = root / partition
        features = _names(folder / "mfcc")
        if not features:
            problems.append(f"{folder / 'mfcc'} is missing or has no arrays: the archive is only half unpacked, unpack it again")
            continue
        found[partition] = features
        wanted = features if part != "test" or (folder / "transcript").is_dir() else []
        spoken = set(_names(folder / "transcript"))
        for name in sorted(spoken - set(features)):
            problems.append(f"{partition}/transcript/{name} has no array in mfcc: unpack the archive again, or remove it")
        for name in features:
            problems += array_faults(folder / "mfcc" / name, f"{partition}/mfcc/{name}", N_MFCC)
            if name in spoken:
                problems += TranscriptFiles.faults(folder, partition, name, SYMBOLS, deep=deep)
            elif name in wanted:
                problems.append(f"{partition}/mfcc/{name} has no transcript: unpack the archive again, or remove it")
    return root, found, problems


def _find_root(path: Path) -> Path | None:
    """Give the folder at or below `path` that holds a partition, not more than three levels down."""
    for pattern in ("", "*/", "*/*/", "*/*/*/"):
        for partition in PARTITIONS:
            found = sorted(path.glob(f"{pattern}{partition}/mfcc")) if path.is_dir() else []
            if found:
                return found[0].parent.parent
    return None


def _names(folder: Path) -> list[str]:
    """List the arrays in a folder, by name; hidden files are passed over."""
    return sorted(file.name for file in folder.glob("*.npy") if not file.name.startswith(".")) if folder.is_dir() else []


# ---------------------------------------------------------------------------------------------------- embedded features

GENERATOR = 3
"""Raise it with every change that alters the features: the cache goes by it."""
SAMPLE_RATE = 16_000
WINDOW, HOP, N_MELS = 400, 160, 40
"""25 ms and 10 ms; frame t is about the sound 12.5 ms + t times 10 ms after the beginning."""
PART_OF_TIMBRE: tuple[Part, ...] = ("train", "train", "train", "validation", "test")
"""Timbre k belongs to part k modulo 5, women and men in every part: people with one timbre are alike, so they stay together."""


@dataclass(frozen=True)
class Recipe:
    """What decides the embedded utterances.

    Attributes:
        speakers, utterances: how many people (5 and up), and how many sentences each says (1 and up).
        seed: decides everything else.
        snr_db: lowest and highest ratio of speech to noise.
        silence_s: shortest and longest silence before and after an utterance, in seconds.
    """

    speakers: int = 48
    utterances: int = 12
    seed: int = 42
    snr_db: tuple[float, float] = (10.0, 35.0)
    silence_s: tuple[float, float] = (0.05, 0.40)

    def __post_init__(self) -> None:
        """Refuse sizes that leave a part empty."""
        if self.speakers < len(PART_OF_TIMBRE) or self.utterances < 1:
            raise DataError(f"got {self.speakers} speakers with {self.utterances} utterances, wanted 5 or more with 1 or more")


def make(recipe: Recipe | None = None, *, workers: int = 2, progress: Callable[[int], object] | None = None) -> Dataset:
    """Give the embedded utterances, from the cache where they have been made before.

    Args:
        recipe: size and seed; None is the set that thresholds rest on.
        workers: speech processes; the features do not depend on it.
        progress: called with the number of utterances just spoken.

    Returns:
        `speakers * utterances` utterances of about 3 s, sorted by speaker; nobody, and no timbre, is in two parts.

    Raises:
        EngineMissing: the features are not in the cache and the speech engine is not installed.
    """
    recipe = recipe or Recipe()
    key = {"generator": GENERATOR, **asdict(recipe)}
    arrays = cache.fetch("phonemes", key, lambda: _generate(recipe, workers, progress))
    plan = _plan(recipe)
    dataset = Dataset(
        name="phonemes",
        signals=PackedFeatures(arrays["frames"], arrays["ends"]),
        sample_rate=FRAMES_PER_SECOND,
        labels=np.zeros(len(plan), dtype=np.int64),
        label_names=LABEL_NAMES,
        groups=np.array([person(number) for number, _ in plan]),
        parts=np.array([PART_OF_TIMBRE[number % len(TIMBRES) % len(PART_OF_TIMBRE)] for number, _ in plan]),
        ids=np.array([f"{person(number)}-{utterance:03d}" for number, utterance in plan]),
        provenance={"source": "embedded, espeak-ng", "generator": str(GENERATOR), "recipe": str(recipe)},
        columns={"text": np.array([_draw_text(*row, recipe.seed) for row in plan])},
        frame_labels=PackedFrames(arrays["labels"], arrays["ends"], SYMBOLS, FRAMES_PER_SECOND),
    )
    check_disjoint(dataset)
    return dataset


def person(number: int) -> str:
    """Name speaker `number`, counted from 0: "person01" is the first."""
    return f"person{number + 1:02d}"


def _plan(recipe: Recipe) -> list[tuple[int, int]]:
    return [(number, utterance) for number in range(recipe.speakers) for utterance in range(recipe.utterances)]


def _draw_text(number: int, utterance: int, seed: int) -> str:
    return draw_sentence(rng(seed, "phonemes", "text", number, utterance)) + "."


def _draw_person(number: int, seed: int) -> Speaker:
    """Draw speaker `number`: a timbre with a voice, vocal tract and place of its own, all American."""
    who = draw_speaker(number % len(TIMBRES), SAMPLE_RATE, seed, f"phonemes {number // len(TIMBRES)}")
    return replace(who, name=person(number), voice=replace(who.voice, language="en-us"))


def _generate(recipe: Recipe, workers: int, progress: Callable[[int], object] | None) -> cache.Arrays:
    """Speak, record and measure: {"frames": (total, 28) float32, "labels": (total,) int16, "ends": (N,) int64}."""
    cast = [_draw_person(number, recipe.seed) for number in range(recipe.speakers)]
    plan = _plan(recipe)
    spoken = speak_all([_draw_request(cast[row[0]], *row, recipe.seed) for row in plan], workers=workers, progress=progress)
    measured = []
    for utterance, (number, which) in zip(spoken, plan, strict=True):
        random = rng(recipe.seed, "phonemes", "recording", number, which)
        measured.append(_measure(utterance, cast[number], random, recipe))
    frames, labels = zip(*measured, strict=True)
    ends = np.cumsum([len(one) for one in labels]).astype(np.int64)
    return {"frames": np.concatenate(frames), "labels": np.concatenate(labels), "ends": ends}


def _measure(
    utterance: Utterance, who: Speaker, random: np.random.Generator, recipe: Recipe
) -> tuple[NDArray[np.float32], NDArray[np.int16]]:
    """Record an utterance between two silences and give its features and labels."""
    marks = symbols_in_time(utterance.events, len(utterance.samples))
    heard, starts, names = record_aligned(utterance, marks, who, SAMPLE_RATE, random, recipe.snr_db, recipe.silence_s, SILENCE)
    frames = mfcc(heard, SAMPLE_RATE, Framing(WINDOW, HOP, center=False), N_MELS, N_MFCC, top_db=None).astype(np.float32)
    centres = WINDOW / 2 + HOP * np.arange(len(frames), dtype=np.float64)
    return frames, label_frames(starts, [SYMBOLS.index(name) for name in names], centres, SYMBOLS.index(SILENCE))


def _draw_request(who: Speaker, number: int, utterance: int, seed: int) -> Request:
    """Draw what is said and how."""
    voice = draw_manner(who, rng(seed, "phonemes", "manner", number, utterance))
    return _draw_text(number, utterance, seed), voice, derive(seed, "phonemes", "engine", number, utterance)


def places(dataset: Dataset) -> list[str]:
    """Lay utterances out as the course's archive does."""
    folder_of = {part: partition for partition, part in PARTITIONS.items()}
    rows = zip(dataset.parts.tolist(), dataset.ids.tolist(), strict=True)
    return [f"{folder_of[part]}/mfcc/{identity.rsplit('/', 1)[-1]}.npy" for part, identity in rows]


SPEC = Spec(
    name="phonemes",
    title="28 MFCCs and a phone every 10 ms, read English, by speaker",
    layout=LAYOUT,
    make=make,
    load=load,
    verify=verify,
    licence="embedded: as sanjeh's own; HW1P2: features of LibriSpeech, CC BY 4.0",
    examples=Recipe().speakers * Recipe().utterances,
    seconds=11,
    megabytes=24,
    places=places,
)
