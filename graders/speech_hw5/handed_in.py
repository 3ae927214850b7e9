"""What question 3 hands in beside code: a fine-tuned checkpoint, and transcripts of the recordings in the kit.

Both are looked at in this process by names, heads and texts only; weights are read by the submission's own code, where it runs. What is
scored are recordings of a doctor's practice by voices and of sentences that are in nothing which students, or their checkpoint, ever had.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from graders.kit import ensure
from graders.kit.checkpoint import faults
from graders.kit.proxy import Proxy
from graders.speech_hw5.speech import CHECKPOINT, CODE, RECIPE, Clips, accuracies, checkpoint_files, clips, errors, heard, written
from seeds.datasets import persian

TUNED = "tuned"
TRANSCRIPTS = "transcripts.csv"
RECORDINGS = CHECKPOINT / "test.npz"
CALIBRATION = Path(__file__).with_name("calibration_whisper.json")
EXPORTED = persian.Recipe()
"""What `sanjeh data export persian` gives a class, and what the small checkpoint was pre-trained on."""
HELD = persian.Recipe(train=1, validation=1, test=240, generic=10, voices=8, seed=2027)
IN_KIT, WITHHELD = 24, 32
AGREE = 0.1
"""Share of words in which transcripts may differ from what the same code writes here: other machines round otherwise."""
ODD = 0.1
"""Shares of right words of two trainings on the same recordings differ by less than this from seed to seed."""
LARGEST = 2**20  # bytes of transcripts
SHOWN = 4  # problems in one message


# ---------------------------------------------------------------------------------------------------------------- recordings


@cache
def practice() -> Clips:
    """The recordings of `HELD` whose sentences are said in no other recording of the course; their texts are withheld."""
    part = persian.make(HELD).part("test")
    names = _unsaid()
    return clips(part.choose(np.array([name in names for name in part.ids.tolist()])))


@cache
def _unsaid() -> dict[str, tuple[str, str]]:
    """Text and voice of every line of the test part whose sentence stands in no other part or recipe, by the line's name."""
    said = {line.text for recipe in (EXPORTED, RECIPE) for lines in persian.plan(recipe).values() for line in lines}
    lines = persian.plan(HELD)["fine_tuning"]
    return {line.name: (line.text, str(line.voice)) for line in lines if line.part == "test" and line.text not in said}


def short(name: str) -> str:
    """What a line is called in the kit: its number says which one it is, and nothing else."""
    return f"test-{name.rpartition('-')[2]}"


@cache
def in_kit() -> tuple[list[str], Clips]:
    """Ids and recordings of the file in the kit. Their texts come from the plan of what was said, which needs no speech engine."""
    known = {short(name): line for name, line in _unsaid().items()}
    with np.load(RECORDINGS) as stored:
        waves = {name: stored[name].astype(np.float32) / 32768 for name in sorted(stored.files)}
    texts, voices = zip(*(known[name] for name in waves), strict=True)
    return list(waves), Clips(list(waves.values()), list(texts), [""] * len(waves), list(voices))


@cache
def withheld() -> Clips:
    """Recordings that nobody has."""
    given = set(in_kit()[1].texts)
    every = practice()
    kept = [place for place, text in enumerate(every.texts) if text not in given][:WITHHELD]
    return Clips(*(list(map(column.__getitem__, kept)) for column in vars(every).values()))


# ------------------------------------------------------------------------------------------------------------------ looking


def ensure_checkpoint(files: Mapping[str, bytes]) -> None:
    """Fail the check unless the folder that was handed in holds a checkpoint like the kit's, as names and heads of its files tell."""
    folder = {name.removeprefix(f"{TUNED}/"): content for name, content in files.items() if name.startswith(f"{TUNED}/")}
    problems = faults(folder, checkpoint_files())
    ensure(not problems, f"The folder {TUNED}/ cannot be used: {_listed(problems)}.")


def transcripts(files: Mapping[str, bytes]) -> list[str]:
    """The texts of transcripts.csv, in the order of the kit's recordings. Fails the check with all that is wrong with the file."""
    reader, ids = CODE.load("transcripts"), in_kit()[0]
    content = files.get(TRANSCRIPTS, b"")
    ensure(content.strip(), f"There is no {TRANSCRIPTS}, or it is empty: hand in what your code writes for the kit's recordings.")
    ensure(
        len(content) <= LARGEST,
        f"{TRANSCRIPTS} holds {len(content) / 2**20:.0f} MiB; two columns for {len(ids)} recordings do not.",
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / TRANSCRIPTS
        path.write_bytes(content)
        try:
            found = reader.read(path, ids, heard=True)
        except reader.TranscriptError as error:
            ensure(False, f"{TRANSCRIPTS} cannot be used: {_listed(error.problems)}.")
    texts = [found[name] for name in ids]
    ensure(any(text.strip() for text in texts), f"{TRANSCRIPTS} is not written yet: all of its texts are empty.")
    return [written(text, f"Each text of {TRANSCRIPTS}") for text in texts]


def _listed(problems: list[str] | tuple[str, ...]) -> str:
    more = len(problems) - SHOWN
    return "; ".join(problem[:300] for problem in problems[:SHOWN]) + (f"; and {more} more" if more > 0 else "")


# ---------------------------------------------------------------------------------------------------------------- measuring


def share_right(code: Proxy, files: Mapping[str, bytes]) -> float:
    """The mean share of withheld words that the code writes rightly with the checkpoint handed in."""
    ensure_checkpoint(files)
    return float(accuracies(withheld().texts, heard(code, TUNED, withheld().waves), "fa").mean())


def apart(texts: list[str], others: list[str]) -> float:
    """Share of the words in which two lists of transcripts differ, both normalised."""
    wrong, words = errors(texts, others, "fa")
    return float(wrong.sum() / max(1, words.sum()))


def claim_is_odd(right: float, gain: float) -> str:
    """What the TA should look into, if anything: the share of words right by the checkpoint handed in, and what a training here gained."""
    checks = json.loads(CALIBRATION.read_text(encoding="utf-8"))["checks"]
    best, least = checks["q3w.tuned"]["reference"]["highest"], checks["q3w.gain"]["bands"][0][0]
    full = checks["q3w.tuned"]["bands"][-1][0]
    figures = f"The checkpoint handed in writes {right:.3f} of the withheld words rightly"
    if right > best + ODD:
        return (
            f"{figures}. No training of the reference came above {best:.3f}: were withheld recordings among those learned from?"
        )
    if right >= full and gain < least:
        return f"{figures}, but finetune takes away {gain:.3f} of the errors here: does the checkpoint come from this code?"
    return ""


def transcripts_are_odd(in_kit: float, elsewhere: float) -> str:
    """What the TA should look into, if anything: the shares of right words in transcripts.csv and, by the same checkpoint, elsewhere.

    Everybody can listen to the kit's recordings, and code can know them by heart.
    """
    checks = json.loads(CALIBRATION.read_text(encoding="utf-8"))["checks"]
    pairs = zip(*(checks[name]["reference"]["values"] for name in ("q3w.transcripts", "q3w.tuned")), strict=True)
    if in_kit <= elsewhere + max(one - other for one, other in pairs) + ODD:
        return ""
    return (
        f"{TRANSCRIPTS} has {in_kit:.3f} of the words right, the same checkpoint only {elsewhere:.3f} of withheld ones; no training of the"
        " reference was so far apart. Were the texts written by ear, and does the code know these recordings?"
    )
