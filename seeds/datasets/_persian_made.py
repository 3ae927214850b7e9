"""The embedded half of `persian`: what is said, by whom, and how it is recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from seeds import cache
from seeds.datasets.base import PARTS, Dataset, Packed, Part, check_disjoint
from seeds.datasets.frames import PackedFrames
from seeds.determinism import derive, rng
from seeds.errors import DataError
from seeds.parallel import spread
from seeds.speech.aligned import Mark, label_frames, record_aligned
from seeds.speech.arpabet import PAUSE
from seeds.speech.cast import FULL_SCALE, TIMBRES, Speaker, draw_manner, draw_speaker
from seeds.speech.engine import Request, Utterance, speak_all
from seeds.speech.phrases import CLINIC, EVERYDAY, LANGUAGES, Meaning, Pattern, draw_meanings, sentence

Portion = Literal["fine_tuning", "generic"]
PORTIONS: tuple[Portion, ...] = get_args(Portion)

GENERATOR = 1
"""Raise it with every change that alters the recordings: the cache goes by it."""
SAMPLE_RATE = 16_000  # Hz, Whisper's
FRAMES_PER_SECOND = 50
"""One phoneme label for each of Whisper's encoder frames: 10 ms hop, halved."""
LABEL_NAMES = LANGUAGES
ENGINE_LANGUAGE = {"fa": "fa", "en": "en-us", "zh": "cmn"}
PART_OF_TIMBRE: tuple[Part, ...] = ("train", "train", "train", "validation", "test")
"""Timbre k belongs to part k modulo 5."""
LONGEST_S = 2.95
"""A small Whisper listens to three seconds; the few utterances that last longer are left out."""
HASTE = 1.35
"""How much faster than elsewhere people speak, so that few sentences are left out."""


@dataclass(frozen=True)
class Recipe:
    """What decides the embedded speech.

    Attributes:
        train, validation, test: sentences of the practice to fine-tune on, to choose by, and to measure on.
        generic: everyday sentences in each language to pre-train on; a tenth as many again for validation and for test.
        home: share of the generic Persian that is from the practice, without which nothing can be measured before fine-tuning.
        voices: people in each part and portion.
        seed: decides everything else.
        snr_db, generic_snr_db: lowest and highest ratio of speech to noise in either portion.
        silence_s: shortest and longest silence before and after an utterance, in seconds.
    """

    train: int = 700
    validation: int = 100
    test: int = 150
    generic: int = 1000
    home: float = 0.12
    voices: int = 12
    seed: int = 42
    snr_db: tuple[float, float] = (5.0, 25.0)
    generic_snr_db: tuple[float, float] = (15.0, 40.0)
    silence_s: tuple[float, float] = (0.05, 0.25)

    def __post_init__(self) -> None:
        """Refuse sizes that leave a part empty."""
        if min(self.train, self.validation, self.test, self.voices) < 1 or self.generic < 10 or not 0 <= self.home <= 0.5:
            raise DataError(f"got {self}, wanted 1 or more of everything, 10 or more generic sentences, and home from 0 to 0.5")


@dataclass(frozen=True)
class Line:
    """One utterance to make: what it says in its language and in English, by whom, for which part."""

    name: str
    language: str
    text: str
    translation: str
    part: Part
    voice: int


def make(
    recipe: Recipe | None = None,
    *,
    portion: Portion = "fine_tuning",
    workers: int = 2,
    progress: Callable[[int], object] | None = None,
) -> Dataset:
    """Give one portion of the embedded speech, from the cache where it has been made before.

    Args:
        recipe: sizes and seed; None is the set that thresholds rest on.
        portion: "fine_tuning" or "generic", each made on its own demand.
        workers: speech processes; the recordings do not depend on it.
        progress: called with the number of utterances just spoken.

    Returns:
        Utterances of at most 2.95 s with the columns text, translation (English, "" for English itself) and language; `frame_labels`
        are the engine's phonemes, 50 per second.

    Raises:
        DataError: there is no such portion.
        EngineMissing: the recordings are not in the cache and the speech engine is not installed.
    """
    if portion not in PORTIONS:
        raise DataError(f"got {portion!r} as a portion, wanted {' or '.join(PORTIONS)}")
    recipe = recipe or Recipe()
    lines = plan(recipe)[portion]
    key = {"generator": GENERATOR, **asdict(recipe)}
    arrays = cache.fetch(f"persian-{portion}", key, lambda: _generate(recipe, portion, lines, workers, progress))
    kept = [lines[place] for place in arrays["kept"].tolist()]
    names = tuple(arrays["phonemes"].tolist())
    dataset = Dataset(
        name="persian",
        signals=Packed(arrays["samples"], arrays["ends"]),
        sample_rate=SAMPLE_RATE,
        labels=np.array([LANGUAGES.index(line.language) for line in kept], dtype=np.int64),
        label_names=LABEL_NAMES,
        groups=np.array([_person(portion, line.voice) for line in kept]),
        parts=np.array([line.part for line in kept]),
        ids=np.array([line.name for line in kept]),
        provenance={"source": "embedded, espeak-ng", "portion": portion, "generator": str(GENERATOR), "recipe": str(recipe)},
        columns={
            "text": np.array([line.text for line in kept]),
            "translation": np.array([line.translation for line in kept]),
            "language": np.array([line.language for line in kept]),
        },
        frame_labels=PackedFrames(arrays["labels"], arrays["label_ends"], names, FRAMES_PER_SECOND),
    )
    check_disjoint(dataset)
    return dataset


def plan(recipe: Recipe) -> dict[Portion, list[Line]]:
    """Write every sentence of both portions, and make sure that what is measured on is said nowhere else."""
    tenth, home = recipe.generic // 10, round(recipe.home * recipe.generic)
    random = rng(recipe.seed, "persian", "sentences")
    clinic = draw_meanings(CLINIC, recipe.train + recipe.validation + recipe.test + home, random)
    order = iter(clinic)
    tuning = {part: [next(order) for _ in range(getattr(recipe, part))] for part in PARTS}
    borrowed = list(order)
    lines: dict[Portion, list[Line]] = {"fine_tuning": [], "generic": []}
    for part in PARTS:
        lines["fine_tuning"] += _lines("fine_tuning", CLINIC, tuning[part], "fa", part, recipe)
    counts: dict[Part, int] = {"train": recipe.generic, "validation": tenth, "test": tenth}
    for language in LANGUAGES:
        own = draw_meanings(EVERYDAY, sum(counts.values()), rng(recipe.seed, "persian", "everyday", language))
        for part, count in counts.items():
            meanings, own = own[:count], own[count:]
            if language == "fa" and part == "train":
                meanings = meanings[: count - home]
                lines["generic"] += _lines("generic", CLINIC, borrowed, language, part, recipe)
            lines["generic"] += _lines("generic", EVERYDAY, meanings, language, part, recipe)
    check_unheard(lines)
    return lines


def check_unheard(lines: dict[Portion, list[Line]]) -> None:
    """Make sure that no validation or test text of either portion occurs in any other part.

    Raises:
        DataError: some do; the problems name them.
    """
    where: dict[str, set[str]] = {}
    for portion, own in lines.items():
        for line in own:
            where.setdefault(line.text, set()).add(f"{portion} {line.part}")
    shared = [f"{text}: {', '.join(sorted(parts))}" for text, parts in sorted(where.items()) if len(parts) > 1]
    if shared:
        raise DataError("sentences occur in more than one part: a model could know them by heart", shared)


def _lines(
    portion: Portion, patterns: tuple[Pattern, ...], meanings: list[Meaning], language: str, part: Part, recipe: Recipe
) -> list[Line]:
    """Give each meaning a voice of its part, in turn."""
    voices = [k for k in range(len(TIMBRES) * recipe.voices) if PART_OF_TIMBRE[k % len(TIMBRES) % 5] == part][: recipe.voices]
    domain = "practice" if patterns is CLINIC else "everyday"
    return [
        Line(
            f"{portion}-{part}-{domain}-{language}-{number:04d}",
            language,
            sentence(patterns, meaning, language),
            "" if language == "en" else sentence(patterns, meaning, "en"),
            part,
            voices[number % len(voices)],
        )
        for number, meaning in enumerate(meanings)
    ]


def _person(portion: Portion, voice: int) -> str:
    return f"{portion}-person{voice + 1:02d}"


def _draw_person(portion: Portion, voice: int, language: str, seed: int) -> Speaker:
    """Draw a voice: its portion and number decide vocal tract and place; people of the two portions are different."""
    who = draw_speaker(voice % len(TIMBRES), SAMPLE_RATE, seed, f"persian {portion} {voice // len(TIMBRES)}")
    return replace(who, name=_person(portion, voice), voice=replace(who.voice, language=ENGINE_LANGUAGE[language]))


def _generate(
    recipe: Recipe, portion: Portion, lines: list[Line], workers: int, progress: Callable[[int], object] | None
) -> cache.Arrays:
    """Speak and record: samples and labels end to end, where each ends, which lines were kept, and the phonemes' names."""
    cast = {(line.voice, line.language): _draw_person(portion, line.voice, line.language, recipe.seed) for line in lines}
    people = [cast[line.voice, line.language] for line in lines]
    requests = [_draw_request(line, who, recipe.seed) for line, who in zip(lines, people, strict=True)]
    spoken = speak_all(requests, workers=workers, progress=progress)
    marks = [_marks(utterance) for utterance in spoken]
    names = ["", *sorted({name for own in marks for _, name in own} - {""})]
    snr_db = recipe.snr_db if portion == "fine_tuning" else recipe.generic_snr_db
    task = partial(_record, lines, people, spoken, marks, recipe, snr_db)
    clips, labels, kept = [], [], []
    for place, (clip, starts, sounding) in enumerate(spread(task, len(lines), workers=workers)):
        if len(clip) > LONGEST_S * SAMPLE_RATE:
            continue
        step = SAMPLE_RATE // FRAMES_PER_SECOND
        centres = step * (np.arange(-(-len(clip) // step), dtype=np.float64) + 0.5)
        clips.append(clip)
        labels.append(label_frames(starts, [names.index(name) for name in sounding], centres, 0))
        kept.append(place)
    return {
        "samples": np.concatenate(clips),
        "ends": np.cumsum([len(clip) for clip in clips]).astype(np.int64),
        "labels": np.concatenate(labels),
        "label_ends": np.cumsum([len(label) for label in labels]).astype(np.int64),
        "kept": np.array(kept, dtype=np.int64),
        "phonemes": np.array(names),
    }


def _record(
    lines: Sequence[Line],
    people: Sequence[Speaker],
    spoken: Sequence[Utterance],
    marks: Sequence[list[Mark]],
    recipe: Recipe,
    snr_db: tuple[float, float],
    place: int,
) -> tuple[NDArray[np.int16], list[float], list[str]]:
    """Record one line: its samples, and where each phoneme begins."""
    random = rng(recipe.seed, "persian", "recording", lines[place].name)
    heard, starts, sounding = record_aligned(
        spoken[place], marks[place], people[place], SAMPLE_RATE, random, snr_db, recipe.silence_s, ""
    )
    return np.round(heard * FULL_SCALE).astype(np.int16), starts, sounding


def _marks(utterance: Utterance) -> list[Mark]:
    """Give where each of the engine's phonemes begins; pauses are ""."""
    phonemes = [event for event in utterance.events if event.kind == "phoneme"]
    return [(event.sample, "" if event.name.startswith(PAUSE) else event.name) for event in phonemes]


def _draw_request(line: Line, who: Speaker, seed: int) -> Request:
    """Draw how it is said."""
    voice = draw_manner(who, rng(seed, "persian", "manner", line.name))
    return line.text, replace(voice, rate=round(voice.rate * HASTE)), derive(seed, "persian", "engine", line.name)
