"""Real recordings of spoken digits: the published layouts, and everything that can be wrong with a copy."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from recordings import Write, tone, wave

from seeds.datasets import DataError, Dataset, digits


def loudest_hertz(signal: np.ndarray) -> float:
    """Where the spectrum of a signal at 16 kHz peaks."""
    return float(np.fft.rfftfreq(len(signal), 1 / 16_000)[np.abs(np.fft.rfft(signal)).argmax()])


def check_tones(data: Dataset) -> None:
    """Every digit d is the tone of 200 + 100 d Hz that was written, of the same length and level."""
    assert data.sample_rate == 16_000
    for signal, label in zip(data.waveforms, data.labels, strict=True):
        assert signal.dtype == np.float32
        assert len(signal) == 1600
        assert loudest_hertz(signal) == 200 + 100 * label
        assert np.abs(signal[200:-200]).max() == pytest.approx(0.5, rel=0.02)


def pack(folder: Path, target: Path) -> Path:
    """Zip a folder under its own name."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder.parent))
    return target


@pytest.mark.parametrize("layout", ["fsdd", "audio_mnist"])
def test_both_layouts_as_folder_subfolder_and_zip(layout: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    folder = request.getfixturevalue(layout)()
    inner = next(path for path in folder.iterdir())
    whole, deep, zipped = (digits.load(path) for path in (folder, inner, pack(folder, tmp_path / "x.zip")))
    check_tones(whole)
    takes = 2 if layout == "fsdd" else 1
    assert whole.labels.tolist() == [digit for _ in range(3) for digit in range(10) for _ in range(takes)]
    assert sorted(set(whole.groups.tolist())) == (["ann", "bob", "cyd"] if layout == "fsdd" else ["01", "02", "03"])
    assert whole.label_names[3] == "three"
    assert whole.fingerprint == deep.fingerprint == zipped.fingerprint
    assert sorted(set(whole.parts.tolist())) == ["test", "train", "validation"]


def test_takes_are_limited_in_order_of_their_number(fsdd: Write) -> None:
    folder = fsdd(speakers=("ann",), takes=12)
    data = digits.load(folder, takes_per_digit=3)
    assert data.ids.tolist()[:4] == ["0_ann_0", "0_ann_1", "0_ann_2", "1_ann_0"]
    assert len(data) == 30
    assert set(data.parts.tolist()) == {""}  # one speaker cannot be split
    assert digits.load(folder).ids.tolist()[9:12] == ["0_ann_9", "0_ann_10", "0_ann_11"]


def test_what_macos_and_others_leave_behind_is_passed_over(fsdd: Write) -> None:
    folder = fsdd()
    (folder / "recordings" / "._0_ann_0.wav").write_bytes(b"\0\5\x16\7")
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / "0_ann_0.wav").write_bytes(b"junk")
    (folder / "README.md").write_text("about")
    assert digits.verify(folder) == []
    assert len(digits.load(folder)) == 60


def test_a_copy_that_was_resampled_as_a_whole(fsdd: Write) -> None:
    folder = fsdd()
    for path in folder.rglob("*.wav"):
        path.write_bytes(wave(tone(16_000, 200 + 100 * int(path.name[0])), 16_000))
    assert "stored_rate=16000" in digits.verify(folder)[0]
    check_tones(digits.load(folder, stored_rate=16_000))


def test_chunks_before_the_samples_are_skipped(fsdd: Write) -> None:
    folder = fsdd()
    odd = b"LIST\x05\0\0\0abcde\0"  # five bytes, and one of padding
    (folder / "recordings" / "0_ann_0.wav").write_bytes(wave(tone(8000, 200), 8000, before=odd))
    check_tones(digits.load(folder))


def test_every_fault_is_listed_at_once_with_file_and_remedy(fsdd: Write) -> None:
    folder = fsdd()
    inside = folder / "recordings"
    good = wave(tone(8000, 300), 8000)
    planted = {
        "0_ann_0.wav": (b"", "empty (0 bytes)"),
        "0_ann_1.wav": (wave(np.zeros(0), 8000), "holds no samples"),
        "1_ann_0.wav": (wave(tone(44_100, 300), 44_100), "has 44100 Hz, wanted 8000"),
        "1_ann_1.wav": (wave(tone(8000, 300), 8000, channels=2), "has 2 channels"),
        "2_ann_0.wav": (wave(np.zeros(50), 8000, bits=8), "stored as 8-bit"),
        "2_ann_1.wav": (good[:-100], "cut short by 100 bytes"),
        "3_ann_0.wav": (b"<html>404</html>", "is not a wave file"),
        "3_ann_1.wav": (good[:30], "damaged head"),
        "12_ann_0.wav": (good, "label 12, wanted a digit from 0 to 9"),
        "hello.wav": (good, "is not named"),
    }
    for name, (content, _) in planted.items():
        (inside / name).write_bytes(content)
    (inside / "7_bob_1.wav").unlink()
    problems = digits.verify(folder)
    for name, (_, words) in planted.items():
        (said,) = [problem for problem in problems if f"recordings/{name} " in problem]
        assert words in said
        assert ": " in said  # the remedy follows
    (missing,) = [problem for problem in problems if "half unpacked" in problem]
    assert missing.startswith("speaker bob, digit 7: 1 of 2 takes")
    assert len(problems) == len(planted) + 1
    with pytest.raises(DataError) as caught:
        digits.load(folder)
    assert caught.value.problems == tuple(problems)
    assert all(problem in str(caught.value) for problem in problems)


def test_an_unreadable_file_is_one_more_problem(fsdd: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = fsdd()
    opened = Path.open

    def refuse(path: Path, *args: object, **kwargs: object) -> object:
        if path.name == "4_cyd_1.wav":
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    (problem,) = digits.verify(folder)
    assert "4_cyd_1.wav cannot be read" in problem


def test_a_speaker_in_the_wrong_folder(audio_mnist: Write) -> None:
    folder = audio_mnist()
    (folder / "data" / "01" / "3_01_0.wav").rename(folder / "data" / "02" / "3_01_0.wav")
    assert any("names speaker 01 in the folder of 02" in problem for problem in digits.verify(folder))


def test_the_same_recording_twice(fsdd: Write) -> None:
    folder = fsdd()
    (folder / "copy").mkdir()
    (folder / "copy" / "3_bob_1.wav").write_bytes(wave(tone(8000, 500), 8000))
    (problem,) = digits.verify(folder)
    assert "is there twice" in problem


@pytest.mark.parametrize("place", ["missing", "empty", "packed", "text"])
def test_a_path_with_no_recordings(place: str, tmp_path: Path) -> None:
    path = tmp_path / place
    if place in ("empty", "packed"):
        path.mkdir()
    if place == "packed":
        (path / "archive.zip").write_bytes(b"PK")
    if place == "text":
        path.write_text("not a zip")
    words = {
        "missing": "does not exist",
        "empty": "found 0 wave file(s)",
        "packed": "unpack archive.zip",
        "text": "neither a folder nor a whole zip",
    }
    (problem,) = digits.verify(path)
    assert words[place] in problem
    with pytest.raises(DataError, match=words[place].replace("(", r"\(").replace(")", r"\)")):
        digits.load(path)


def test_a_zip_that_is_cut_short_or_damaged(fsdd: Write, tmp_path: Path) -> None:
    zipped = pack(fsdd(), tmp_path / "x.zip")
    whole = zipped.read_bytes()
    zipped.write_bytes(whole[: len(whole) // 2])
    (problem,) = digits.verify(zipped)
    assert "download it again" in problem
    inside = whole.index(b"data", whole.index(b"5_bob_0.wav")) + 20
    zipped.write_bytes(whole[:inside] + b"\xff\xff\xff" + whole[inside + 3 :])
    (problem,) = digits.verify(zipped)
    assert "5_bob_0.wav cannot be read (Bad CRC" in problem


def test_a_copy_that_changes_after_it_was_checked(fsdd: Write) -> None:
    folder = fsdd()
    data = digits.load(folder)
    (folder / "recordings" / "0_ann_1.wav").unlink()
    with pytest.raises(DataError, match=r"0_ann_1\.wav can no longer be read"):
        list(data.waveforms)


def test_the_free_spoken_digit_dataset_itself() -> None:
    place = os.environ.get("SANJEH_FSDD", "")
    if not place:
        pytest.skip("not run here: set SANJEH_FSDD to a copy of the Free Spoken Digit Dataset (folder or zip)")
    assert digits.verify(Path(place)) == []
    data = digits.load(Path(place), takes_per_digit=5)
    speakers = set(data.groups.tolist())
    assert len(data) == len(speakers) * 50
    assert np.array_equal(np.bincount(data.labels), [5 * len(speakers)] * 10)
    for signal in data.waveforms[:50]:
        assert 0.05 < len(signal) / data.sample_rate < 3
        assert 0.001 < np.abs(signal).max() < 1.1
