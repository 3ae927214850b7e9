"""Sentences that a recogniser is tested on and has read in training, however they are spelled there."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from graders.cli import main
from seeds.audit import Severity
from seeds.audit.texts import letters, sentences
from seeds.datasets import Dataset, persian
from seeds.datasets.signals import InMemory

SAID = "می‌خواهم کتاب‌های علی را بخوانم"
RESPELT = {
    "Arabic letters": SAID.replace("ی", "ي").replace("ک", "ك"),
    "spaces for half-spaces": SAID.replace("\u200c", " "),
    "written together": SAID.replace("\u200c", ""),
    "vowels": SAID.replace("ع", "عَ"),
    "punctuation": f"«{SAID}»!",
    "directional marks": f"\u202b{SAID}\u202c",
    "presentation forms": SAID.replace("کتاب", "\ufb90\ufe98\ufe8e\ufe8f"),
}


def spoken(texts: list[str], parts: list[str], **columns: np.ndarray) -> Dataset:
    """A set of so many noises; a group each."""
    n, rng = len(texts), np.random.default_rng(0)
    return Dataset(
        *("toy", InMemory([rng.normal(size=800).astype(np.float32) for _ in texts]), 16_000),
        labels=np.zeros(n, dtype=np.int64),
        label_names=("fa",),
        groups=np.array([f"g{row}" for row in range(n)]),
        parts=np.array(parts),
        ids=np.array([f"r{row}" for row in range(n)]),
        columns={"text": np.array(texts), "language": np.array(["fa"] * n)} | columns,
    )


@pytest.mark.parametrize("how", RESPELT)
def test_a_sentence_that_is_respelled_in_another_part_is_found(how: str) -> None:
    texts = [SAID, "هوا امروز خیلی سرد است", "او به خانه رفت", RESPELT[how]]
    (finding,) = sentences(spoken(texts, ["train", "train", "test", "test"]))
    assert finding.severity is Severity.ERROR and finding.items == (f"{SAID}: r0 (train), r3 (test)",)
    assert not list(sentences(spoken(texts, ["test", "train", "train", "test"])))


def test_other_sentences_and_sets_without_transcripts_are_left_alone() -> None:
    texts = ["آب را به من بده", "سه کتاب دارم ۱۲", "سه کتاب دارم ۱۳", "بله", "بله", "not the same at all"]
    data = spoken(texts, ["train", "train", "test", "train", "test", "test"])
    assert not list(sentences(data))
    assert letters("سه ۱۲") == letters("سه ١٢") != letters("سه ۱۳")
    both = spoken([SAID, SAID], ["train", "test"])
    assert list(sentences(both))
    frames = Dataset(**{**vars(both), "columns": {"text": both.columns["text"]}})  # phonemes: the frames are recognised
    assert not list(sentences(frames))


@pytest.fixture
def leaking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[str]]:
    """A folder of clips with their sheet, as the course handed out, with leaks between the parts that its split makes.

    Beside it the names of a clip of the training part and its copy in the test part, and those of a sentence and its copy.
    """
    monkeypatch.setenv("SANJEH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SANJEH_CONFIG", str(tmp_path / "config"))
    folder, rng = tmp_path / "clips", np.random.default_rng(0)
    folder.mkdir()
    parts = persian._split(20)
    (trained, other), (tested, more) = ([row for row, part in enumerate(parts) if part == name][:2] for name in ("train", "test"))
    rows = []
    for row in range(20):
        tone = np.sin(2 * np.pi * np.cumsum(rng.uniform(150, 2500, 12).repeat(1000)) / 16_000)
        samples, text = tone + 0.01 * rng.normal(size=12_000), f"این جمله {row} است که کسی گفت"
        if row == trained:
            kept = samples
        soundfile.write(folder / f"c{row:02}.wav", 0.5 * samples, 16_000)
        rows.append([f"c{row:02}.wav", text])
    soundfile.write(folder / f"c{tested:02}.ogg", 0.2 * kept, 16_000)  # louder or quieter, and once compressed
    again, _ = soundfile.read(folder / f"c{tested:02}.ogg")
    (folder / f"c{tested:02}.ogg").unlink()
    soundfile.write(folder / f"c{tested:02}.wav", again, 16_000)
    rows[more][1] = f"«{rows[other][1].replace(' ', chr(0x200C), 1)}»"
    with (folder / "sheet.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["audio", "text"], *rows])
    return folder, [f"c{row:02}" for row in (trained, tested, other, more)]


def test_the_command_tells_of_leaking_sound_and_text(leaking: tuple[Path, list[str]]) -> None:
    folder, (trained, tested, other, more) = leaking
    runner = CliRunner()
    assert runner.invoke(main, ["data", "link", "persian", str(folder)]).exit_code == 0
    told = runner.invoke(main, ["data", "audit", "persian", "-n", "1", "--json"])
    assert told.exit_code == 1
    errors = {one["check"]: one["items"] for one in json.loads(told.output)["findings"] if one["severity"] == "error"}
    assert set(errors) == {"duplicates", "sentences"}
    (copies,), (sentence,) = errors["duplicates"], errors["sentences"]
    assert sorted(copies.split(", ")) == sorted([f"{trained} (train)", f"{tested} (test)"])
    assert f"{other} (train)" in sentence and f"{more} (test)" in sentence
