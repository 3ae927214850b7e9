"""What the published sets have in store for whoever reads them, beyond what each loader's own test plants."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from recordings import Write, tone, wave

from seeds.datasets import Dataset, digits, discover, genres, phonemes, points, speakers
from seeds.datasets.wav import faults, open_files

NAMES = ("Benjamin_Netanyau", "Jens_Stoltenberg", "Julia_Gillard", "Magaret_Tarcher", "Nelson_Mandela")


@pytest.fixture
def kaggle(tmp_path: Path) -> Path:
    """The Kaggle speakers as they unpack: all seven folders in one, noises at their own rates, what macOS leaves behind."""
    inside = tmp_path / "archive" / "16000_pcm_speeches"
    for k, name in enumerate(NAMES):
        (inside / name).mkdir(parents=True)
        for number in range(5):
            (inside / name / f"{number}.wav").write_bytes(wave(tone(16_000, 300 + 100 * k, 1.0), 16_000))
        (inside / name / "._0.wav").write_bytes(b"\0\5\x16\7")
    for folder, file, rate in (
        ("_background_noise_", "10convert.com_Audience-Claps.wav", 44_100),
        ("_background_noise_", "pink_noise.wav", 16_000),
        ("other", "exercise_bike.wav", 48_000),
    ):
        (inside / folder).mkdir(exist_ok=True)
        (inside / folder / file).write_bytes(wave(tone(rate, 1000, 1.5), rate))
    return tmp_path / "archive"


def test_outsiders_lie_beside_the_speakers_at_rates_of_their_own(kaggle: Path) -> None:
    assert speakers.verify(kaggle) == []
    data = speakers.load(kaggle, outsiders=True)
    assert data.label_names == (*NAMES, "outsider") and data.outsiders.sum() == 3
    for signal in data.choose(data.outsiders).waveforms:
        assert len(signal) == 16_000 and np.abs(np.fft.rfft(signal)).argmax() == 1000
    noises = data.columns["kind"][data.outsiders].tolist()
    assert sorted(noises) == ["noise", "noise", "voice"]
    assert speakers.load(kaggle).label_names == NAMES


def test_a_stereo_noise_among_the_outsiders_is_named(kaggle: Path) -> None:
    noise = kaggle / "16000_pcm_speeches" / "_background_noise_" / "pink_noise.wav"
    noise.write_bytes(wave(tone(16_000, 300, 2.0), 16_000, channels=2))
    (problem,) = speakers.verify(kaggle)
    assert problem.startswith("16000_pcm_speeches/_background_noise_/pink_noise.wav has 2 channels, wanted one: mix it down")


def test_a_zip_that_macos_packed(kaggle: Path, tmp_path: Path) -> None:
    plain = speakers.load(kaggle, outsiders=True)
    packed = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", kaggle))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("__MACOSX/16000_pcm_speeches/Nelson_Mandela/._1.wav", b"\0\5\x16\7")
    assert speakers.verify(packed) == []
    assert speakers.load(packed, outsiders=True).fingerprint == plain.fingerprint


def test_audio_mnist_with_everything_that_lies_beside_it(audio_mnist: Write) -> None:
    root = audio_mnist()
    (root / "data" / "audioMNIST_meta.txt").write_text("{}")
    (root / "preprocessed_data").mkdir()
    (root / "preprocessed_data" / "AlexNet_digit_0_train.hdf5").write_bytes(b"")
    (root / "data" / "01" / "._0_01_0.wav").write_bytes(b"\0\5\x16\7")
    (root / ".git").mkdir()
    assert digits.verify(root) == []
    assert len(digits.load(root)) == 30


def gtzan(root: Path, damaged: bytes) -> Path:
    """A tiny GTZAN at 1 kHz with `damaged` as jazz 54, in a zip."""
    whole = wave(tone(1000, 100, 26.0), 1000)
    with zipfile.ZipFile(root / "gtzan.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for genre in genres.GENRES:
            for number in range(100):
                content = damaged if (genre, number) == ("jazz", 54) else whole
                archive.writestr(f"Data/genres_original/{genre}/{genre}.{number:05d}.wav", content)
            archive.writestr(f"Data/genres_original/{genre}/._{genre}.00001.wav", b"\0\5\x16\7")
            archive.writestr(f"Data/images_original/{genre}/{genre}00000.png", b"\x89PNG")
        archive.writestr("Data/features_30_sec.csv", "filename,length\n")
    return root / "gtzan.zip"


@pytest.mark.parametrize("damaged", [b"", b"NIST_1A\n   1024\n" + b"\0" * 64, wave(tone(1000, 100, 26.0), 1000)[:-500]])
def test_the_undecodable_track_may_be_damaged_in_any_way(tmp_path: Path, damaged: bytes) -> None:
    packed = gtzan(tmp_path, damaged)
    assert genres.verify(packed, stored_rate=1000) == []
    data = genres.load(packed, stored_rate=1000)
    assert len(data) == 999 and data.provenance["skipped"] == "jazz.00054"


def test_no_other_track_is_passed_over(tmp_path: Path) -> None:
    packed = gtzan(tmp_path, b"")
    with zipfile.ZipFile(packed, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("Data/genres_original/jazz/jazz.00053.wav", b"")
    problems = genres.verify(packed, stored_rate=1000)
    assert any("jazz.00053.wav is empty (0 bytes)" in problem for problem in problems)


def test_features_that_are_no_numbers_and_transcripts_that_are_no_text(tmp_path: Path) -> None:
    for partition, name in (("train-clean-100", "103-1-0002"), ("dev-clean", "84-9-0000"), ("test-clean", "61-7-0003")):
        for kind in ("mfcc", "transcript"):
            (tmp_path / partition / kind).mkdir(parents=True)
        np.save(tmp_path / partition / "mfcc" / f"{name}.npy", np.zeros((5, 28), np.float32))
        np.save(tmp_path / partition / "transcript" / f"{name}.npy", np.array(["AA"] * 5))
    assert phonemes.verify(tmp_path) == []
    np.save(tmp_path / "train-clean-100" / "mfcc" / "103-1-0002.npy", np.zeros((5, 28), np.int16))
    np.save(tmp_path / "dev-clean" / "transcript" / "84-9-0000.npy", np.zeros(5))
    np.save(tmp_path / "test-clean" / "mfcc" / "61-7-0003.npy", np.zeros((0, 28), np.float32))
    said = phonemes.verify(tmp_path)
    assert said[0].startswith("train-clean-100/mfcc/103-1-0002.npy holds int16, wanted real numbers: unpack it again")
    assert said[1].startswith("dev-clean/transcript/84-9-0000.npy holds float64 (5,), wanted text (T,): unpack it again")
    assert said[2].startswith("test-clean/mfcc/61-7-0003.npy has shape (0, 28), wanted (T, 28) with T of 1 or more")


def test_a_compressed_wave_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    plain = bytearray(wave(tone(8000, 300), 8000))
    plain[20:22] = (85).to_bytes(2, "little")  # MP3 in a wave file
    (tmp_path / "x.wav").write_bytes(plain)
    (said,) = faults(open_files(tmp_path), "x.wav", 8000)
    assert said == "x.wav is stored as codec 85, wanted 16-bit PCM: convert it (sox IN -b 16 -e signed OUT)"


@pytest.mark.parametrize("name", sorted(discover()))
def test_every_set_says_what_is_wrong_with_a_path_that_holds_nothing(name: str, tmp_path: Path) -> None:
    spec = discover()[name]
    (nowhere,) = spec.verify(tmp_path / "nowhere")
    assert "nowhere does not exist: check the spelling" in nowhere
    (empty,) = spec.verify(tmp_path)
    assert ": " in empty
    (tmp_path / "half.zip").write_bytes(b"PK\3\4 cut off")
    (half,) = spec.verify(tmp_path / "half.zip")
    assert "half.zip" in half and ("download it again" in half or "unpack" in half or "save it as CSV" in half)


@pytest.mark.parametrize("name", sorted(discover()))
def test_every_set_states_its_licences(name: str) -> None:
    licence = discover()[name].licence
    assert licence.startswith("embedded: ") and ";" in licence


def test_points_with_decimal_commas_are_refused(tmp_path: Path) -> None:
    (tmp_path / "excel.csv").write_text('x,y,label\n"1,5",2,a\n1,nan,\n')
    assert [problem.split(" has ")[1][:5] for problem in points.verify(tmp_path)] == ["'1,5'", "'nan'", "no la"]


def test_an_arbitrary_copy_is_split_by_its_speakers(fsdd: Write) -> None:
    data: Dataset = digits.load(fsdd(speakers=("ann", "bob", "cyd", "dan")))
    parts = {group: set(data.parts[data.groups == group].tolist()) for group in set(data.groups.tolist())}
    assert all(len(own) == 1 for own in parts.values()) and set.union(*parts.values()) == {"train", "validation", "test"}
