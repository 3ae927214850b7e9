"""Who speaks: one-second clips at 16 kHz of five known speakers, and of outsiders. Speech HW4 question 4.

Real layout: the folders of Kaggle's `kongaevans/speaker-recognition-dataset`. Embedded: espeak-ng voices, each in a room and before
a microphone of its own, in several recordings that differ as days do, cut into seconds.

Neighbouring seconds of one recording sound alike, so groups are recordings and no recording is in two parts; a random split of
clips would measure the recording as well. Every part has every speaker. Outsiders, wanted by the open-set question, come on demand as
a sixth class in validation and test only, and no outsider is in both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from seeds.datasets._speakers_made import PART_OF_RECORDING, SAMPLE_RATE, SPEAKERS, Recipe, assemble, make
from seeds.datasets.base import Dataset, Part, Spec, count_up
from seeds.datasets.wav import Files, Piece, Pieces, faults, look, open_files, unpack_hint
from seeds.determinism import rng
from seeds.errors import DataError

__all__ = ["SAMPLE_RATE", "SPEC", "Recipe", "load", "make", "verify"]

SPLIT_SEED = 42  # the course's own
LAYOUT = "16000_pcm_speeches/<speaker>/<number>.wav, five speakers; other/ and _background_noise_/ hold the outsiders"
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
    return assemble(Pieces(files, tuple(pieces), SAMPLE_RATE), rows, names, part_of, provenance, outsiders)


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
        listed = ", ".join(speakers) or "none"
        problems.append(
            f"found {len(waves)} wave file(s) and {len(speakers)} speaker folder(s) ({listed}), wanted {LAYOUT}: {unpack_hint(files)}"
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


def places(dataset: Dataset) -> list[str]:
    """Lay clips out as the Kaggle set does: speakers' in order of time, outsiders' in its other folders."""
    kinds = dataset.columns["kind"].tolist()
    other = {"voice": "other", "animal": "other", "noise": "_background_noise_"}
    folders = [
        other[kind] if stranger else f"16000_pcm_speeches/{dataset.label_names[label]}"
        for label, kind, stranger in zip(dataset.labels.tolist(), kinds, dataset.outsiders.tolist(), strict=True)
    ]
    return [f"{folder}/{number}.wav" for folder, number in zip(folders, count_up(folders), strict=True)]


SPEC = Spec(
    name="speakers",
    title="one-second clips of five speakers, 16 kHz, by recording, with outsiders",
    layout=LAYOUT,
    make=make,
    load=load,
    verify=verify,
    licence="embedded: as sanjeh's own; Kaggle set: see its page, recordings of public speeches",
    examples=Recipe().speakers * Recipe().recordings * Recipe().clips,
    seconds=7,
    megabytes=48,
    places=places,
)
