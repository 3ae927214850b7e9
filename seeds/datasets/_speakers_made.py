"""The embedded half of `speakers`: who speaks what in which recording, and the outsiders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from seeds import cache
from seeds.datasets._outsiders import NOISES, bleats
from seeds.datasets.base import OUTSIDER, Dataset, Part, check_disjoint
from seeds.datasets.signals import INT16_FULL_SCALE, IntArray, Packed, Signals
from seeds.determinism import derive, rng
from seeds.errors import DataError
from seeds.speech.acoustics import FloatSignal, record, resample, vary
from seeds.speech.cast import Speaker, draw_speaker
from seeds.speech.engine import Request, speak_all
from seeds.speech.sentences import draw_text

SAMPLE_RATE = 16_000  # Hz, as the real set is stored
SPEAKERS = 5
PART_OF_RECORDING: tuple[Part, ...] = ("train", "train", "validation", "train", "test")
"""Recording k of a speaker belongs to part k modulo 5."""

GENERATOR = 2
"""Raise it with every change that alters the recordings: the cache goes by it."""
WORDS_PER_SECOND = 5.5
"""More than any voice says, so that a text always lasts long enough."""
SLOWEST, FASTEST = 0.86, 1.16
"""Pace of a speaker's first and last recording, as a share of the usual one."""
LIFTS = (0, 7, -5, 3, -8, 5, -2)
"""Pitch of a speaker's recordings in turn, over the usual one, on the engine's scale."""
KINDS = ("voice", "noise", "animal")


@dataclass(frozen=True)
class Recipe:
    """What decides the embedded clips.

    Attributes:
        speakers: known voices (2..12).
        recordings, clips: of each speaker, and seconds in each (5 and up; 1 and up).
        strangers: other voices, and as many noises and animals (2..12; half for validation, half for test).
        seed: decides everything else.
        snr_db: lowest and highest ratio of speech to noise where a speaker lives.
        drift_db: how much that ratio, and a microphone's bands, differ from one recording to the next.
    """

    speakers: int = SPEAKERS
    recordings: int = 10
    clips: int = 30
    strangers: int = 12
    seed: int = 42
    snr_db: tuple[float, float] = (10.0, 30.0)
    drift_db: float = 1.0

    def __post_init__(self) -> None:
        """Refuse sizes that leave a part empty or a voice twice."""
        if not (2 <= self.speakers <= 12 and 2 <= self.strangers <= 12):
            raise DataError(f"got {self.speakers} speakers and {self.strangers} strangers, wanted 2 to 12 each")
        if self.recordings < len(PART_OF_RECORDING) or self.clips < 1:
            raise DataError(f"got {self.recordings} recordings of {self.clips} clips, wanted 5 or more of 1 or more")


@dataclass(frozen=True, eq=False)
class Session:
    """One recording to make: who (None for a noise), how long, and what it is."""

    name: str
    label: int
    kind: str
    part: Part
    number: int
    seconds: int
    who: Speaker | None


def make(
    recipe: Recipe | None = None,
    *,
    outsiders: bool = False,
    workers: int = 2,
    progress: Callable[[int], object] | None = None,
) -> Dataset:
    """Give the embedded clips, from the cache where they have been made before.

    Args:
        recipe: size and seed; None is the set that thresholds rest on.
        outsiders: also other voices, noises and bleats, as a class of their own in validation and test.
        workers: speech processes; the recordings do not depend on it.
        progress: called with the number of recordings just spoken.

    Returns:
        `speakers * recordings * clips` seconds, sorted by speaker, recording and time, then the outsiders'.

    Raises:
        EngineMissing: the recordings are not in the cache and the speech engine is not installed.
    """
    recipe = recipe or Recipe()
    sessions = _plan_outsiders(recipe) if outsiders else []
    known = _plan(recipe)
    key = {"generator": GENERATOR, **asdict(recipe)}
    buffers = [cache.fetch("speakers", key, lambda: _generate(recipe, known, workers, progress))["samples"]]
    if outsiders:
        buffers.append(cache.fetch("speakers-outsiders", key, lambda: _generate(recipe, sessions, workers, progress))["samples"])
    samples: NDArray[np.int16] = buffers[0] if len(buffers) == 1 else np.concatenate(buffers)
    everything = known + sessions
    rows = [(one.name, one.label, one.kind, f"{one.name}/{second}") for one in everything for second in range(one.seconds)]
    ends: IntArray = SAMPLE_RATE * np.arange(1, len(rows) + 1, dtype=np.int64)
    names = [f"speaker{number + 1}" for number in range(recipe.speakers)]
    provenance = {"source": "embedded, espeak-ng", "generator": str(GENERATOR), "recipe": str(recipe)}
    return assemble(Packed(samples, ends), rows, names, {one.name: one.part for one in everything}, provenance, outsiders)


def assemble(
    signals: Signals,
    rows: list[tuple[str, int, str, str]],
    names: list[str],
    part_of: dict[str, Part],
    provenance: dict[str, str],
    outsiders: bool,
) -> Dataset:
    """Make the data set of rows (recording, label, kind, id)."""
    recordings, labels, kinds, ids = zip(*rows, strict=True)
    dataset = Dataset(
        name="speakers",
        signals=signals,
        sample_rate=SAMPLE_RATE,
        labels=np.array(labels, dtype=np.int64),
        label_names=(*names, OUTSIDER) if outsiders else tuple(names),
        groups=np.array(recordings),
        parts=np.array([part_of[recording] for recording in recordings]),
        ids=np.array(ids),
        provenance=provenance,
        columns={"kind": np.array(kinds)},
    )
    check_disjoint(dataset)
    return dataset


def _plan(recipe: Recipe) -> list[Session]:
    """List the known speakers' recordings."""
    cast = [draw_speaker(number, SAMPLE_RATE, recipe.seed, "speakers") for number in range(recipe.speakers)]
    return [
        Session(f"speaker{k + 1}/{number}", k, "speaker", PART_OF_RECORDING[number % 5], number, recipe.clips, who)
        for k, who in enumerate(cast)
        for number in range(recipe.recordings)
    ]


def _plan_outsiders(recipe: Recipe) -> list[Session]:
    """List the outsiders' recordings: voices that are no known speaker's, noises, animals; in turn for validation and test."""
    sessions = []
    for kind in KINDS:
        for number in range(recipe.strangers):
            part: Part = "validation" if number % 4 < 2 else "test"  # two by two: a woman's and a man's voice
            who = draw_speaker(recipe.speakers + number, SAMPLE_RATE, recipe.seed, "speakers") if kind == "voice" else None
            sessions.append(Session(f"{kind}{number + 1}", recipe.speakers, kind, part, number, max(2, recipe.clips // 3), who))
    return sessions


def _generate(recipe: Recipe, sessions: list[Session], workers: int, progress: Callable[[int], object] | None) -> cache.Arrays:
    """Speak and record the sessions: {"samples": (total,) int16}, whole seconds end to end."""
    spoken = [one for one in sessions if one.who is not None]
    said = iter(speak_all([_draw_request(one, recipe) for one in spoken], workers=workers, progress=progress))
    recorded = []
    for one in sessions:
        random = rng(recipe.seed, "speakers", "recording", one.name)
        n = one.seconds * SAMPLE_RATE
        if one.who is None:
            make_noise = bleats if one.kind == "animal" else NOISES[one.number % len(NOISES)]
            sound = make_noise(n, SAMPLE_RATE, random) * random.uniform(0.1, 0.9)
        else:
            utterance = next(said)
            dry = resample(utterance.samples / INT16_FULL_SCALE, utterance.sample_rate, SAMPLE_RATE, warp=one.who.warp)
            sound = _record(dry[:n], one.who, random, recipe)
        assert len(sound) == n, f"{one.name}: the text was too short"
        recorded.append(np.round(sound * (INT16_FULL_SCALE - 1)).astype(np.int16))
    return {"samples": np.concatenate(recorded)}


def _record(dry: FloatSignal, who: Speaker, random: np.random.Generator, recipe: Recipe) -> FloatSignal:
    """Record one session: the speaker's own room, noise, microphone and gain, a little different from last time."""
    home = rng(recipe.seed, "speakers", "home", who.name)
    snr_db = home.uniform(*recipe.snr_db) + random.normal(0, recipe.drift_db)
    peak = min(0.95, home.uniform(0.15, 0.85) * np.exp(random.normal(0, 0.1)))
    channel = vary(who.channel, random, SAMPLE_RATE, spread_db=recipe.drift_db)
    return record(dry, channel, random, snr_db=snr_db, peak=peak)


def _draw_request(session: Session, recipe: Recipe) -> Request:
    """Draw what is said, and how on that day.

    Pace and pitch are dealt so that no two recordings of a speaker share them: the engine says a phrase the same way every time, and the
    same second in two parts would be a copy.
    """
    assert session.who is not None
    random = rng(recipe.seed, "speakers", "manner", session.name)
    share = (session.number % recipe.recordings) / max(1, recipe.recordings - 1)
    pace, lift = SLOWEST + (FASTEST - SLOWEST) * share, LIFTS[session.number % len(LIFTS)]
    voice = replace(
        session.who.voice,
        rate=min(round(session.who.voice.rate * pace / session.who.warp), 210),
        pitch=int(np.clip(session.who.voice.pitch + lift + random.normal(0, 2), 0, 99)),
        range=int(np.clip(session.who.voice.range + random.normal(0, 10), 0, 99)),
    )
    text = draw_text(random, int(session.seconds * WORDS_PER_SECOND) + 5)
    return text, voice, derive(recipe.seed, "speakers", "engine", session.name)
