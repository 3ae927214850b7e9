"""Recordings of every kind and every fault, written for the test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from graders.kit.loading import CodeFolder

AUDIO = CodeFolder.read(Path(__file__).parents[2] / "reference" / "speech_hw5").load("audio")


def voice(seconds: float, rate: int, pitch: float = 130.0) -> np.ndarray:
    """Overtones that fade, in syllables: (n,) in [-1, 1]."""
    time = np.arange(int(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * k * pitch * time) / k for k in range(1, 16) if k * pitch < rate / 2)
    return np.asarray(0.4 * tone * (0.55 + 0.45 * np.sin(2 * np.pi * 4 * time)) / 2)


def write(path: Path, samples: np.ndarray, rate: int, **options: Any) -> Path:
    soundfile.write(path, samples, rate, **options)
    return path


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3"])
@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (44_100, 2), (8_000, 1), (22_050, 2), (48_000, 1)])
def test_every_kind_becomes_the_same_signal(tmp_path: Path, kind: str, rate: int, channels: int) -> None:
    path = write(tmp_path / f"a.{kind}", np.stack([voice(12.3, rate)] * channels, axis=1), rate)  # longer than a block
    signal, facts = AUDIO.read(path)
    assert signal.dtype == np.float32 and signal.ndim == 1
    assert len(signal) == pytest.approx(12.3 * 16_000, abs=2500 if kind == "mp3" else 2)
    assert (facts.rate, facts.channels, facts.warnings) == (rate, channels, ())
    wanted = voice(12.3, 16_000)
    got = signal[: len(wanted)]
    spectra = [np.abs(np.fft.rfft(one[16_000:160_000])) for one in (got, wanted)]
    heard = slice(0, int(3400 / 16_000 * 144_000))  # below what 8 kHz holds
    assert np.corrcoef(spectra[0][heard], spectra[1][heard])[0, 1] > 0.99


@pytest.mark.parametrize(
    ("subtype", "near"),
    [("PCM_U8", 0.01), ("PCM_16", 1e-4), ("PCM_24", 1e-6), ("PCM_32", 1e-6), ("FLOAT", 1e-6), ("DOUBLE", 1e-6)],
)
def test_every_width_of_sample_is_read(tmp_path: Path, subtype: str, near: float) -> None:
    sound = voice(1, 16_000)
    signal, facts = AUDIO.read(write(tmp_path / "a.wav", sound, 16_000, subtype=subtype))
    assert signal == pytest.approx(sound, abs=near) and facts.warnings == ()


def test_channels_are_averaged(tmp_path: Path) -> None:
    left = voice(1, 16_000)
    signal, _ = AUDIO.read(write(tmp_path / "a.wav", np.stack([left, 0.5 * left], axis=1), 16_000, subtype="FLOAT"))
    assert signal == pytest.approx(0.75 * left, abs=1e-6)


def test_resampling_block_by_block_has_no_seams(tmp_path: Path) -> None:
    import soxr

    sound = voice(25, 22_050).astype(np.float32)
    signal, _ = AUDIO.read(write(tmp_path / "a.wav", sound, 22_050, subtype="FLOAT"))
    assert signal == pytest.approx(soxr.resample(sound, 22_050, 16_000), abs=1e-4)


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3"])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, kind: str) -> None:
    rng = np.random.default_rng(0)
    path = write(tmp_path / f"a.{kind}", voice(20, 16_000) + 0.05 * rng.normal(size=320_000), 16_000)
    AUDIO.read(path)
    path.write_bytes(path.read_bytes()[: int(0.6 * path.stat().st_size)])
    with pytest.raises(AUDIO.AudioError, match=r"a\..* cut off"):
        AUDIO.read(path)


@pytest.mark.parametrize("head", [b"", b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128)], ids=["bare", "tagged"])
def test_an_mp3_that_does_not_say_its_length_is_walked_to_its_end(tmp_path: Path, head: bytes) -> None:
    rng, path = np.random.default_rng(0), tmp_path / "a.mp3"
    sound = voice(10, 44_100) + 0.05 * rng.normal(size=441_000)
    for mode, reads in (("CONSTANT", True), ("VARIABLE", False)):
        written = write(path, sound, 44_100, bitrate_mode=mode, compression_level=0.5).read_bytes()
        assert b"Xing" in written[:200] or b"Info" in written[:200]
        frames = written[written.index(written[:2], 100) :]  # the first frame holds nothing but the length
        path.write_bytes(head + frames + b"TAG" + bytes(125))
        if reads:
            assert AUDIO.read(path)[1].seconds == pytest.approx(10, abs=0.2)
        else:
            with pytest.raises(AUDIO.AudioError, match="does not say its length, so the rest cannot be read, and was left after"):
                AUDIO.read(path)
        path.write_bytes(head + frames[: len(frames) // 2 + 7])
        with pytest.raises(AUDIO.AudioError, match="is cut off after"):
            AUDIO.read(path)


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AUDIO.AudioError, match="not there"):
        AUDIO.read(tmp_path / "nothing.wav")
    text = tmp_path / "text.mp3"
    text.write_text("no sound at all")
    with pytest.raises(AUDIO.AudioError, match=r"text\.mp3 cannot be decoded"):
        AUDIO.read(text)
    with pytest.raises(AUDIO.AudioError, match="0 s"):
        AUDIO.read(write(tmp_path / "empty.wav", np.zeros(0), 16_000))
    with pytest.raises(AUDIO.AudioError, match="0 s"):  # nothing is left of it at 16 kHz
        AUDIO.read(write(tmp_path / "one.wav", np.array([0.1]), 48_000))
    with pytest.raises(AUDIO.AudioError, match="is a folder"):
        AUDIO.read(tmp_path)
    (tmp_path / "samples.raw").write_bytes(bytes(1000))
    with pytest.raises(AUDIO.AudioError, match=r"samples\.raw has no header"):
        AUDIO.read(tmp_path / "samples.raw")
    for rate in (1, 4_000_000):  # at 1 Hz a second of sound would become a day
        with pytest.raises(AUDIO.AudioError, match=f"says {rate} Hz in its header"):
            AUDIO.read(write(tmp_path / "rate.wav", voice(1, 16_000), rate))
    broken = voice(1, 16_000)
    broken[8000] = np.nan
    with pytest.raises(AUDIO.AudioError, match=r"NaN or infinity, first at 0\.50 s"):
        AUDIO.read(write(tmp_path / "nan.wav", broken, 16_000, subtype="FLOAT"))


def warnings(path: Path, text: str = "") -> str:
    return " | ".join(AUDIO.read(path, text)[1].warnings)


def test_silence_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", np.zeros(16_000), 16_000)
    assert "silent (peak -inf dB" in warnings(path) and AUDIO.read(path)[1].silent
    quiet = write(tmp_path / "b.flac", 0.0005 * voice(1, 16_000), 16_000)
    assert "silent" in warnings(quiet)
    assert not AUDIO.read(write(tmp_path / "c.flac", 0.01 * voice(1, 16_000), 16_000))[1].silent


def test_what_holds_no_speech_is_said(tmp_path: Path) -> None:
    noise = 0.1 * np.random.default_rng(0).normal(size=32_000)
    assert "no voice in it" in warnings(write(tmp_path / "noise.wav", noise, 16_000))
    assert "no voice in it" in warnings(write(tmp_path / "rumble.flac", np.cumsum(noise) * 0.01, 16_000))
    assert warnings(write(tmp_path / "voice.wav", voice(2, 16_000) + 0.1 * noise, 16_000)) == ""
    assert warnings(write(tmp_path / "flat.wav", np.full(32_000, 0.5), 16_000)).startswith("nothing but a constant")
    loud = write(tmp_path / "loud.wav", 30_000 * voice(2, 16_000), 16_000, subtype="FLOAT")
    assert "divide integers by 32768" in warnings(loud)
    assert "50 ms are shorter than a syllable" in warnings(write(tmp_path / "short.wav", voice(0.05, 16_000), 16_000))


def test_a_wrong_rate_in_the_header_is_suspected(tmp_path: Path) -> None:
    sound = voice(4, 16_000, pitch=120)
    assert warnings(write(tmp_path / "right.wav", sound, 16_000), "x" * 50) == ""
    assert "8000 Hz may be wrong" in warnings(write(tmp_path / "half.wav", sound, 8_000))
    assert "voices at" in warnings(write(tmp_path / "fast.wav", sound, 96_000))
    assert "unusual sample rate" in warnings(write(tmp_path / "odd.wav", sound, 17_000))
    assert "no pace of speech" in warnings(write(tmp_path / "pace.wav", sound, 44_100), "x" * 60)


@pytest.mark.parametrize("pitch", [80.0, 130.0, 220.0, 330.0])
def test_pitch_is_the_planted_one(pitch: float) -> None:
    rng = np.random.default_rng(0)
    assert AUDIO.pitch(voice(3, 16_000, pitch) + 0.02 * rng.normal(size=48_000)) == pytest.approx(pitch, rel=0.03)
    assert AUDIO.pitch(rng.normal(size=48_000)) is None
    assert AUDIO.pitch(np.zeros(48_000)) is None


def test_an_hour_is_read_and_cut(tmp_path: Path) -> None:
    minute = np.int16(20_000 * voice(60, 8_000))
    with soundfile.SoundFile(tmp_path / "hour.wav", "w", 8_000, 1, "PCM_16") as file:
        for _ in range(60):
            file.write(minute)
    signal, facts = AUDIO.read(tmp_path / "hour.wav")
    assert facts.seconds == 3600 and "60.0 minutes are longer than a window of 30 s" in facts.warnings[-1]
    assert len(AUDIO.chunks(signal)) == 120
    assert AUDIO.read(tmp_path / "hour.wav", window=None)[1].warnings == ()


@pytest.mark.parametrize(("seconds", "overlap"), [(1.0, 0.0), (1.0, 0.25), (0.7, 0.5), (60.0, 5.0)])
@pytest.mark.parametrize("length", [1, 15_999, 16_000, 16_001, 100_000])
def test_chunks_cover_everything_once(seconds: float, overlap: float, length: int) -> None:
    signal = np.arange(length)
    pieces = AUDIO.chunks(signal, seconds, overlap)
    size, shared = round(seconds * 16_000), round(overlap * 16_000)
    joined = np.concatenate([pieces[0].samples, *(piece.samples[shared:] for piece in pieces[1:])])
    assert (joined == signal).all()
    assert all(round(piece.start * 16_000) == piece.samples[0] for piece in pieces)
    assert all(len(piece.samples) == size for piece in pieces[:-1]) and 0 < len(pieces[-1].samples) <= size
    assert len(pieces) == 1 or len(pieces[-1].samples) > shared


def test_chunks_refuse_what_never_ends() -> None:
    assert AUDIO.chunks(np.zeros(0)) == []
    for seconds, overlap in ((1.0, 1.0), (1.0, -0.1), (0.0, 0.0)):
        with pytest.raises(ValueError, match="overlap"):
            AUDIO.chunks(np.zeros(10), seconds, overlap)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("این شهر " + "این که " * 40, '"این که" 40 times'),
        ("Thank you. " * 6, '"Thank you." 6 times'),
        ("از " * 30, '"از" 30 times'),
        ("آ" * 20, "one character 20 times"),
        ("哈哈谢谢" * 6, '"哈哈谢谢" 6 times'),
        (" ".join(f"the long story of a day in town {end}" for end in "abcdefghijklmnopqrstuvwxyz"), "packs"),
    ],
)
def test_loops_are_told(text: str, said: str) -> None:
    assert said in AUDIO.looks_hallucinated(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "سلام",
        "نه نه نه نه، این طور نیست",
        "very very very good",
        "یا انتگرالی که اینجا ایجاد شده با انتگرالی که اینجا ایجاد شده یا حدی که اینجا ایجاد شده حدی که اینجا ایجاد شده",
        "قرار دادیم در لتک که بتواند اندازه ی فونت ها رو یه مقداری تغییر بده",
    ],
)
def test_people_who_repeat_themselves_are_believed(text: str) -> None:
    assert AUDIO.looks_hallucinated(text) == ""
