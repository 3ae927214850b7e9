"""A recording in a file to a text: what a person meets who has nothing but files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

from graders.kit.loading import CodeFolder

ROOT = Path(__file__).parents[2]
CODE = CodeFolder.read(ROOT / "reference" / "speech_hw5")
FILES: Any = CODE.load("whisper_file")
CHECKPOINT = ROOT / "assignments" / "speech_hw5" / "checkpoint"
RATE = 16_000


@pytest.fixture(scope="module")
def examples() -> dict[str, Any]:
    """A spoken sentence of each language, (n,) in [-1, 1], and what it says."""
    torch.set_num_threads(1)
    with np.load(CHECKPOINT / "examples.npz", allow_pickle=False) as stored:
        return {name: stored[name] / 32768 if stored[name].ndim else str(stored[name]) for name in stored.files}


def write(path: Path, samples: np.ndarray, rate: int = RATE, **options: Any) -> Path:
    soundfile.write(path, samples, rate, **options)
    return path


@pytest.mark.parametrize(("kind", "rate"), [("wav", RATE), ("flac", RATE), ("ogg", 48_000), ("mp3", 44_100)])
def test_a_file_of_any_kind_becomes_its_text(tmp_path: Path, examples: dict[str, Any], kind: str, rate: int) -> None:
    import soxr

    samples = soxr.resample(examples["fa"], RATE, rate)
    found = FILES.transcribe_file(write(tmp_path / f"clip.{kind}", np.stack([samples, samples], axis=1), rate), CHECKPOINT, "fa")
    wrong = CODE.call("wer", "cer", ([examples["fa_text"]], [found.text]), {})
    assert wrong == 0 if kind in ("wav", "flac") else wrong < 0.35  # a lossy copy may cost this small network some letters
    assert (found.language, found.warnings) == ("fa", ())
    assert (found.facts.rate, found.facts.channels) == (rate, 2)


def test_the_language_is_heard_and_chinese_becomes_english(tmp_path: Path, examples: dict[str, Any]) -> None:
    path = write(tmp_path / "zh.flac", examples["zh"])
    assert FILES.transcribe_file(path, CHECKPOINT).language == "zh"
    assert FILES.transcribe_file(path, CHECKPOINT, "zh", "translate").text == examples["zh_text"]


def test_what_is_to_be_doubted_is_said(tmp_path: Path, examples: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    silence = FILES.transcribe_file(write(tmp_path / "silence.wav", np.zeros(RATE)), CHECKPOINT, "fa")
    assert silence.text == "" and len(silence.warnings) == 1 and "silent" in silence.warnings[0]
    noise = write(tmp_path / "noise.wav", 0.1 * np.random.default_rng(0).normal(size=3 * RATE))
    assert "no voice in it" in FILES.transcribe_file(noise, CHECKPOINT, "fa").warnings[0]
    engine = CODE.load("whisper")
    monkeypatch.setattr(engine, "generate", lambda *_, **__: [("بله " * 9, 20)])
    assert any('"بله" 9 times in a row' in one for one in FILES.transcribe_file(noise, CHECKPOINT, "fa").warnings)
    voice = write(tmp_path / "voice.wav", examples["fa"])
    monkeypatch.setattr(engine, "generate", lambda *_, **__: [("کلمه دیگر " * 12, 60)])
    assert any("no pace of speech" in one for one in FILES.transcribe_file(voice, CHECKPOINT, "fa").warnings)
    monkeypatch.setattr(engine, "generate", lambda *_, **__: [("", 1)])
    assert "nothing was written" in FILES.transcribe_file(voice, CHECKPOINT, "fa").warnings[-1]


def test_a_long_recording_is_cut_and_none_of_it_lost(tmp_path: Path, examples: dict[str, Any]) -> None:
    pause = np.zeros(RATE)
    path = write(tmp_path / "long.flac", np.concatenate([examples["fa"], pause] * 20))
    found = FILES.transcribe_file(path, CHECKPOINT, "fa")
    assert found.facts.seconds > 55 and not any("window" in one for one in found.warnings)
    assert CODE.call("wer", "wer", ([" ".join([examples["fa_text"]] * 20)], [found.text]), {}) < 0.5


def test_the_command_prints_texts_and_tells_of_faults_beside(
    tmp_path: Path, examples: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    good, short = write(tmp_path / "good.wav", examples["fa"]), tmp_path / "short.flac"
    write(short, examples["fa"])
    short.write_bytes(short.read_bytes()[:3000])
    how = ["--checkpoint", str(CHECKPOINT), "--language", "fa"]
    assert FILES.main([str(good), *how]) == 0
    printed = capsys.readouterr()
    assert printed.out == examples["fa_text"] + "\n" and "WAV, 16000 Hz, 1 channel(s), 1.9 s" in printed.err
    assert FILES.main([str(short), str(good), *how]) == 1
    printed = capsys.readouterr()
    assert printed.out == f"{good}\t{examples['fa_text']}\n" and "short.flac" in printed.err and "cut off" in printed.err
    assert FILES.main([str(good), "--checkpoint", str(tmp_path / "nowhere")]) == 1
    assert "there is no folder" in capsys.readouterr().err
    assert FILES.main([str(good), "--checkpoint", str(CHECKPOINT), "--language", "persian"]) == 1
    assert "'persian'" in capsys.readouterr().err


def test_the_file_runs_as_a_command() -> None:
    import subprocess

    done = subprocess.run(
        [sys.executable, str(ROOT / "reference" / "speech_hw5" / "whisper_file.py"), "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0 and "--checkpoint" in done.stdout
