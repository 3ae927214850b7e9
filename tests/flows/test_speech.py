"""`sanjeh wer` on files: planted errors, intervals, differences word by word, and what is said of files that do not fit; `transcribe`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from graders.cli import Exit, main

CHECKPOINT = Path(__file__).parents[2] / "assignments" / "speech_hw5" / "checkpoint"
TEXTS = {"a": "یک دو سه چهار", "b": "پنج شش هفت", "c": "هشت نه ده", "d": "این کتاب است"}


def table(path: Path, rows: dict[str, str], head: str = "id,text") -> Path:
    path.write_text("\n".join([head, *(f"{name},{text}" for name, text in rows.items())]) + "\n", encoding="utf-8")
    return path


def wer(*args: object) -> Result:
    return CliRunner().invoke(main, ["wer", *map(str, args)])


@pytest.fixture
def references(tmp_path: Path) -> Path:
    return table(tmp_path / "references.csv", TEXTS)


def test_planted_errors_are_counted_and_shown(references: Path, tmp_path: Path) -> None:
    heard = TEXTS | {"a": "يک دو پنج", "b": "پنج شش و هفت.", "d": ""}  # 1 S and 1 D, 1 I, 3 D; ي and the full stop are no errors
    result = wer(references, table(tmp_path / "heard.csv", heard), "--cutoff", 0.99)
    assert result.exit_code == Exit.OK
    lines = {line.rsplit(maxsplit=1)[0].strip(): line.split()[-1] for line in result.output.splitlines() if line.strip()}
    assert (lines["substitutions"], lines["deletions"], lines["insertions"]) == ("1", "4", "1")
    assert f"{6 / 13:.4f} (" in result.output and lines["mean WER of utterances"] == f"{(2 / 4 + 1 / 3 + 0 + 1) / 4:.4f}"
    assert float(lines["P(WER ≤ 0.99)"]) == pytest.approx(255 / 256, abs=0.003)  # all draws but those of "d" alone
    assert "[-این-] [-کتاب-] [-است-]" in result.output and "{+و+}" in result.output and "چهار→پنج" in result.output
    assert "4 utterances, 13 words" in result.output and "too few" in result.output


def test_before_and_after_on_the_same_utterances_by_speaker(references: Path, tmp_path: Path) -> None:
    before = table(tmp_path / "before.csv", dict.fromkeys(TEXTS, "هیچ"))
    after = table(tmp_path / "after.csv", TEXTS | {"a": "یک دو سه پنج"})
    speakers = table(tmp_path / "speakers.csv", {"a": "x", "b": "x", "c": "y", "d": "y"}, "id,speaker")
    result = wer(references, before, after, "--speakers", speakers, "--ablation")
    assert result.exit_code == Exit.OK
    assert "2 speakers drawn" in " ".join(result.output.split())
    assert f"Lower by {12 / 13:.4f}" in result.output and "lower in 100.0% of the draws" in " ".join(result.output.split())
    assert "half_spaces" in result.output and "(nothing left out)" in result.output


def test_loops_are_told_and_shortened(references: Path, tmp_path: Path) -> None:
    result = wer(references, table(tmp_path / "heard.csv", TEXTS | {"c": "هشت نه ده " + "از " * 200}))
    assert "1 text(s) repeat themselves" in result.output and "100% of the errors" in " ".join(result.output.split())
    assert "{+… 196 more+}" in result.output and result.output.count("{+از+}") == 4


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"a": "یک", "b": "دو", "c": "سه"}, "are missing: d"),
        (TEXTS | {"e": "بیش"}, "are not wanted: e"),
    ],
)
def test_other_recordings_are_named(references: Path, tmp_path: Path, rows: dict[str, str], said: str) -> None:
    result = wer(references, table(tmp_path / "heard.csv", rows))
    assert result.exit_code == Exit.UNUSABLE and said in result.output


def test_a_missing_speaker_and_references_without_words(references: Path, tmp_path: Path) -> None:
    heard = table(tmp_path / "heard.csv", TEXTS)
    speakers = table(tmp_path / "speakers.csv", {"a": "x"}, "id,speaker")
    result = wer(references, heard, "--speakers", speakers)
    assert result.exit_code == Exit.UNUSABLE and "names no speaker for 3 of 4 ids" in result.output
    result = wer(references, heard, "--speakers", heard)
    assert result.exit_code == Exit.UNUSABLE and "wanted id and speaker" in result.output
    empty = table(tmp_path / "marks.csv", dict.fromkeys(TEXTS, "؟"))
    result = wer(empty, heard)
    assert result.exit_code == Exit.UNUSABLE and "no word after normalising" in result.output
    result = wer(references, heard, "--language", "en", "--ablation")
    assert result.exit_code == Exit.UNUSABLE and "--ablation is of the Persian normaliser" in result.output


def test_chinese_is_counted_by_characters(tmp_path: Path) -> None:
    wanted, heard = table(tmp_path / "w.csv", {"a": "我看了书"}), table(tmp_path / "h.csv", {"a": "我看书"})
    result = wer(wanted, heard, "--language", "zh")
    assert "0.2500 (" in result.output and "1 utterances, 4 words" in result.output


def test_a_recording_becomes_a_text_and_a_missing_one_a_message(tmp_path: Path) -> None:
    with np.load(CHECKPOINT / "examples.npz", allow_pickle=False) as stored:
        samples, said = stored["fa"], str(stored["fa_text"])
    soundfile.write(tmp_path / "clip.flac", samples, 16_000)
    asked = ["transcribe", str(tmp_path / "clip.flac"), "--checkpoint", str(CHECKPOINT), "--language", "fa"]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == Exit.OK and result.stdout.strip() == said and "FLAC, 16000 Hz" in result.stderr
    result = CliRunner().invoke(main, ["transcribe", str(tmp_path / "none.wav"), "--checkpoint", str(CHECKPOINT)])
    assert result.exit_code == Exit.FAILED and "is not there" in result.stderr
