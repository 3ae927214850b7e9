"""Who speaks: one-second clips at 16 kHz of five known speakers, and of outsiders. Speech HW4 question 4.

Real layout: the folders of Kaggle's `kongaevans/speaker-recognition-dataset`. Embedded: espeak-ng voices, each in a room and before
a microphone of its own, in several recordings that differ as days do, cut into seconds.

Neighbouring seconds of one recording sound alike, so groups are recordings and no recording is in two parts; a random split of
clips would measure the recording as well. Every part has every speaker. Outsiders, wanted by the open-set question, come on demand as
a sixth class in validation and test only, and no outsider is in both.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seeds import cache
from seeds.datasets._outsiders import NOISES, bleats
from seeds.datasets.base import INT16_FULL_SCALE, Dataset, IntArray, Packed, Part, Spec, check_disjoint
from seeds.datasets.wav import Files, Piece, Pieces, faults, look, open_files
from seeds.determinism import derive, rng
from seeds.errors import DataError
from seeds.speech.acoustics import FloatSignal, record, resample, vary
from seeds.speech.cast import Speaker, draw_manner, draw_speaker
from seeds.speech.engine import Request, speak_all
from seeds.speech.sentences import draw_text

SAMPLE_RATE = 16_000  # Hz, as the real set is stored
SPLIT_SEED = 42  # the course's own
OUTSIDER = "outsider"
PART_OF_RECORDING: tuple[Part, ...] = ("train", "train", "validation", "train", "test")
"""Recording k of a speaker belongs to part k modulo 5."""

# ---------------------------------------------------------------------------------------------------- real recordings

LAYOUT = "16000_pcm_speeches/<speaker>/<number>.wav, five speakers; other/ and _background_noise_/ hold the outsiders"
SPEAKERS = 5
STRETCH = 60
"""Consecutive clips of a speaker that stay together: the real set does not say where a recording ends, a minute is a guess."""
LOST = 0.05
"""Share of a speaker's numbers that may be missing before the copy counts as half unpacked."""


@dataclass(frozen=True, order=True)
class Clip:
    """One file of a known speaker; sorts by speaker and number."""

    speaker: str
    number: int
    name: str


def load(path: Path | str, *, outsiders: bool = False, stored_rate: int = SAMPLE_RATE) -> Dataset:
    """Read a copy of the Kaggle set: its folder, or its zip as downloaded.

    Args:
        path: the folder or the zip; the set may lie deeper inside.
        outsiders: also the seconds of the other folders, as a class of their own.
        stored_rate: Hz, where all clips of the copy were resampled.

    Raises:
        DataError: with every fault of the copy.
    """
    files = open_files(Path(path))
    clips, strangers, problems = _examine(files, stored_rate)
    if problems:
        raise DataError(f"{path} cannot be used as speakers' clips; {len(problems)} problem(s):", problems)
    names = sorted({clip.speaker for clip in clips})
    rows = [(_stretch(clip), names.index(clip.speaker), "speaker", clip.name) for clip in clips]
    pieces = [Piece(clip.name, stored_rate) for clip in clips]
    part_of = _deal(sorted({row[0] for row in rows}))
    if outsiders:
        for number, name in enumerate(strangers):
            header = look(files, name)
            kind = "noise" if "noise" in name.lower() else "voice"
            for start in range(0, header.length // 2 - header.rate + 1, header.rate):
                pieces.append(Piece(name, header.rate, start, header.rate))
                rows.append((name, len(names), kind, f"{name}@{start // header.rate}"))
            part_of[name] = "validation" if number % 2 == 0 else "test"
    provenance = {"source": "Kaggle kongaevans/speaker-recognition-dataset", "stored_rate": str(stored_rate)}
    return _assemble(Pieces(files, tuple(pieces), SAMPLE_RATE), rows, names, part_of, provenance, outsiders)


def verify(path: Path | str, *, stored_rate: int = SAMPLE_RATE) -> list[str]:
    """List every fault of a copy at once, each naming the file and the remedy; none means that `load` takes it."""
    try:
        return _examine(open_files(Path(path)), stored_rate)[2]
    except DataError as error:
        return [str(error)]


def _examine(files: Files, stored_rate: int) -> tuple[list[Clip], list[str], list[str]]:
    """Find the speakers' clips in order, the outsiders' files, and every problem."""
    waves = [name for name in files.names if name.lower().endswith(".wav")]
    clips, strangers, problems = [], [], []
    for name in waves:
        folder, number = Path(name).parent.name, re.fullmatch(r"(\d+)", Path(name).stem)
        if folder == "other" or folder.startswith("_") or "background" in Path(name).parts[:-1]:
            strangers.append(name)
            problems += faults(files, name, None)
        elif number is None or not folder:
            problems.append(f"{name} is not named {LAYOUT.split(',')[0]}: rename or remove it")
        else:
            clips.append(Clip(folder, int(number[1]), name))
            problems += faults(files, name, stored_rate) or _not_a_second(files, name, stored_rate)
    speakers = sorted({clip.speaker for clip in clips})
    if len(speakers) != SPEAKERS:
        archive = next((name for name in files.names if name.lower().endswith((".zip", ".tar.gz", ".tgz"))), None)
        remedy = f"unpack {archive}" if archive else "check the path, or unpack the archive again"
        listed = ", ".join(speakers) or "none"
        problems.append(
            f"found {len(waves)} wave file(s) and {len(speakers)} speaker folder(s) ({listed}), wanted {LAYOUT}: {remedy}"
        )
    return sorted(clips), strangers, problems + _incomplete(clips)


def _not_a_second(files: Files, name: str, rate: int) -> list[str]:
    """Compare the clip's length with one second, give or take a hundredth."""
    seconds = look(files, name).length / 2 / rate
    if abs(seconds - 1) > 0.01:
        return [f"{name} is {seconds:.2f} s long, wanted one second: cut it (sox IN OUT trim 0 1), or remove it"]
    return []


def _incomplete(clips: list[Clip]) -> list[str]:
    """Find speakers whose numbers have more gaps than `LOST`: the archive was not unpacked to its end."""
    problems = []
    for speaker in sorted({clip.speaker for clip in clips}):
        numbers = {clip.number for clip in clips if clip.speaker == speaker}
        wanted = max(max(clip.number for clip in clips) + 1, 1)
        if wanted - len(numbers) > LOST * wanted:
            problems.append(
                f"speaker {speaker}: {wanted - len(numbers)} of the clips 0 to {wanted - 1} are missing:"
                " the archive is only half unpacked, unpack it again"
            )
    return problems


def _stretch(clip: Clip) -> str:
    return f"{clip.speaker}/{clip.number // STRETCH:03d}"


def _deal(stretches: list[str]) -> dict[str, Part]:
    """Deal each speaker's stretches to the parts, in an order that the seed decides."""
    part_of: dict[str, Part] = {}
    for speaker in sorted({stretch.rsplit("/", 1)[0] for stretch in stretches}):
        own = [stretch for stretch in stretches if stretch.rsplit("/", 1)[0] == speaker]
        order = rng(SPLIT_SEED, "split", "speakers", speaker).permutation(len(own))
        part_of |= {own[place]: PART_OF_RECORDING[k % len(PART_OF_RECORDING)] for k, place in enumerate(order)}
    return part_of


def _assemble(
    signals: Packed | Pieces,
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


# ------------------------------------------------------------------------------------------------ embedded recordings

GENERATOR = 1
"""Raise it with every change that alters the recordings: the cache goes by it."""
WORDS_PER_SECOND = 4.0
"""More than any voice says, so that a text always lasts long enough."""
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
    return _assemble(Packed(samples, ends), rows, names, {one.name: one.part for one in everything}, provenance, outsiders)


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
    said = iter(speak_all([_draw_request(one, recipe.seed) for one in spoken], workers=workers, progress=progress))
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


def _draw_request(session: Session, seed: int) -> Request:
    """Draw what is said, and how on that day."""
    assert session.who is not None
    random = rng(seed, "speakers", "manner", session.name)
    voice = draw_manner(session.who, random)
    text = draw_text(random, int(session.seconds * WORDS_PER_SECOND) + 5)
    return text, replace(voice, rate=min(voice.rate, 210)), derive(seed, "speakers", "engine", session.name)


SPEC = Spec(
    name="speakers",
    title="one-second clips of five speakers, 16 kHz, by recording, with outsiders",
    layout=LAYOUT,
    make=make,
    load=load,
    verify=verify,
)
