"""Music by genre: GTZAN with its known faults, and the embedded tracks, played the same every time."""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from recordings import Write, wave

from seeds import cache
from seeds.datasets import DataError, Dataset, genres
from seeds.determinism import rng
from seeds.music import styles
from seeds.music.compose import Difficulty, track
from seeds.music.sounds import INSTRUMENTS, RATE, drum, play

TINY = genres.Recipe(artists=5, tracks=1, seconds=2.0)
PART_FILES = {"train_filtered.txt": 443, "valid_filtered.txt": 197, "test_filtered.txt": 290}


@pytest.fixture
def gtzan(tmp_path: Path) -> Write:
    """Write a copy at 1 kHz so that it is small: 10 genres of 100 silent-but-for-a-click tracks, jazz 54 damaged."""

    def write() -> Path:
        root = tmp_path / "Data"
        samples = np.zeros(26_000)
        for label, genre in enumerate(genres.GENRES):
            folder = root / "genres_original" / genre
            folder.mkdir(parents=True)
            samples[:] = 0
            samples[label] = 16_384
            content = wave(samples, 1000)
            for number in range(100):
                (folder / f"{genre}.{number:05d}.wav").write_bytes(content)
            (folder / f"._{genre}.00000.wav").write_bytes(b"\0\5\x16\7")
        (root / "genres_original" / "jazz" / "jazz.00054.wav").write_bytes(b"damaged")
        return root

    return write


def write_lists(folder: Path, *, skip: str = "") -> dict[str, list[str]]:
    """Deal the first 93 tracks of each genre to lists of the published sizes."""
    names = [f"{genre}/{genre}.{number:05d}.wav" for number in range(93) for genre in genres.GENRES]
    dealt, start = {}, 0
    for file, size in PART_FILES.items():
        dealt[file] = names[start : start + size]
        start += size
        if file != skip:
            (folder / file).write_text("\n".join(dealt[file]) + "\n")
    return dealt


def test_the_kaggle_layout(gtzan: Write) -> None:
    root = gtzan()
    assert genres.verify(root, stored_rate=1000) == []
    data = genres.load(root, stored_rate=1000)
    assert data.label_names == ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")
    assert np.bincount(data.labels).tolist() == [100] * 5 + [99] + [100] * 4
    assert data.provenance["skipped"] == "jazz.00054"
    assert "jazz.00054" not in data.ids.tolist()
    assert "artists are unknown" in data.provenance["split"]
    for row in (0, 350, 998):  # the click stands where the label says
        stored = np.frombuffer(data.waveforms.content(row), "<i2")
        assert stored.argmax() == data.labels[row]
        assert str(data.ids[row]).startswith(data.label_names[data.labels[row]])
    assert [int(np.sum(data.parts == part)) for part in ("train", "validation", "test")] == [599, 200, 200]


def test_a_copy_from_which_the_damaged_track_was_removed(gtzan: Write) -> None:
    root = gtzan()
    (root / "genres_original" / "jazz" / "jazz.00054.wav").unlink()
    assert genres.verify(root, stored_rate=1000) == []


@pytest.mark.parametrize("beside", [True, False])
def test_the_fault_filtered_split(gtzan: Write, tmp_path: Path, beside: bool) -> None:
    root = gtzan()
    folder = root if beside else tmp_path / "lists"
    folder.mkdir(exist_ok=True)
    dealt = write_lists(folder)
    data = genres.load(root, lists=None if beside else folder, stored_rate=1000)
    sizes = [int(np.sum(data.parts == part)) for part in ("train", "validation", "test")]
    damaged = next(k for k, names in enumerate(dealt.values()) if "jazz/jazz.00054.wav" in names)
    assert sizes == [count - (k == damaged) for k, count in enumerate((443, 197, 290))]
    first = dealt["test_filtered.txt"][0].split("/")[1].removesuffix(".wav")
    assert data.parts[data.ids.tolist().index(first)] == "test"
    assert data.provenance["split"] == "fault-filtered lists"


def test_lists_with_faults(gtzan: Write) -> None:
    root = gtzan()
    write_lists(root, skip="test_filtered.txt")
    (root / "valid_filtered.txt").write_text("blues/blues.00000.wav\nblues/blues.00999.wav\n")
    said = "\n".join(genres.verify(root, stored_rate=1000))
    assert "test_filtered.txt is missing" in said
    assert "valid_filtered.txt has 2 tracks, wanted 197" in said
    assert "names blues.00999, which is not there" in said
    assert "names blues.00000, which another list has" in said


def test_every_fault_is_listed_at_once(gtzan: Write) -> None:
    root = gtzan()
    inside = root / "genres_original"
    good = wave(np.zeros(26_000), 1000)
    planted = {
        "blues/blues.00000.wav": (b"", "empty (0 bytes)"),
        "blues/blues.00001.wav": (wave(np.zeros(26_000), 44_100), "has 44100 Hz, wanted 1000"),
        "disco/disco.00002.wav": (wave(np.zeros(60_000), 1000, channels=2), "has 2 channels"),
        "disco/disco.00003.wav": (wave(np.zeros(500), 1000), "0.5 s long, wanted about 30 s"),
        "metal/metal.00004.wav": (b"junk", "is not a wave file"),
        "metal/polka.00001.wav": (good, "has the label polka, wanted one of blues"),
        "metal/rock.00000.wav": (good, "names rock in the folder of metal"),
        "metal/hello.wav": (good, "is not named"),
    }
    for name, (content, _) in planted.items():
        (inside / name).write_bytes(content)
    for number in range(70, 100):
        (inside / "pop" / f"pop.{number:05d}.wav").unlink()
    problems = genres.verify(root, stored_rate=1000)
    for name, (_, words) in planted.items():
        (said,) = [problem for problem in problems if f"{name} " in problem]
        assert words in said
        assert ": " in said
    (missing,) = [problem for problem in problems if "half unpacked" in problem]
    assert missing.startswith("genre pop: 30 of 100 tracks are missing (first: pop.00070.wav)")
    assert len(problems) == len(planted) + 1
    with pytest.raises(DataError) as caught:
        genres.load(root, stored_rate=1000)
    assert caught.value.problems == tuple(problems)


def test_paths_without_music(tmp_path: Path) -> None:
    assert "does not exist" in genres.verify(tmp_path / "nowhere")[0]
    (tmp_path / "archive.zip").write_bytes(b"PK")
    assert "unpack archive.zip" in genres.verify(tmp_path)[0]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SANJEH_CACHE", str(tmp_path_factory.mktemp("genres")))
        return genres.make(TINY)


def test_the_embedded_shape(small: Dataset) -> None:
    assert len(small) == 50
    assert small.labels.tolist() == [label for label in range(10) for _ in range(5)]
    assert small.groups.tolist()[:5] == [f"blues/artist0{k}" for k in range(1, 6)]
    assert small.parts.tolist()[:5] == ["train", "train", "train", "validation", "test"]
    for signal in small.waveforms:
        assert signal.shape == (2 * 22_050,)
        assert 0.25 < np.abs(signal).max() < 0.96
        assert np.sqrt(np.mean(signal**2)) > 0.005


def test_hashes_are_those_of_the_tracks_and_need_no_playing(small: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    for index in (0, 17, 49):
        assert small.waveforms.digest(index) == hashlib.sha256(small.waveforms.content(index)).digest()
    chosen = small.part("test")
    monkeypatch.setattr(genres, "track", None)
    assert len(chosen.fingerprint) == len(small.fingerprint) == 64


def test_signals_travel_to_other_processes(small: Dataset) -> None:
    travelled = pickle.loads(pickle.dumps(small.signals))
    assert np.array_equal(travelled[3], small.signals[3])


def test_more_artists_or_tracks_leave_the_others_as_they_are(small: Dataset) -> None:
    larger = genres.make(replace(TINY, artists=6, tracks=1))
    place = {name: row for row, name in enumerate(larger.ids.tolist())}
    for row in (0, 13, 49):
        assert np.array_equal(small.signals[row], larger.signals[place[str(small.ids[row])]])
    assert genres.make(replace(TINY, seed=43)).fingerprint != small.fingerprint


def test_only_hashes_are_kept_on_disk(small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANJEH_CACHE", str(tmp_path))
    genres.make(TINY)
    assert sum(path.stat().st_size for path in cache.folder().iterdir()) < 20_000


def test_styles_name_what_there_is() -> None:
    for style in styles.STYLES.values():
        assert style.drums in styles.DRUMS
        assert style.bass in styles.BASS
        assert style.comping in styles.COMPING
        assert style.harmony in styles.HARMONY
        assert style.melody in styles.MELODY
        assert {style.chordal, style.solo, style.low} <= INSTRUMENTS.keys()
    patterns = [pattern for kit in styles.DRUMS.values() for pattern in kit.values()]
    patterns += [one[0] for one in (*styles.BASS.values(), *styles.COMPING.values())]
    assert all(len(pattern) == 16 and set(pattern) <= set("xo.") for pattern in patterns)


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_a_note_has_its_pitch(name: str) -> None:
    note = play(INSTRUMENTS[name], 69, 1.0, rng(1, name))
    assert len(note) == RATE
    middle, period = note[4000:14_000], RATE / 440
    lags = np.arange(20, 200)
    match = [float(middle[lag : lag + 9000] @ middle[:9000]) for lag in lags]
    periods = lags[int(np.argmax(match))] / period  # a repeated period matches as well as the first
    assert abs(periods - round(periods)) * period < 2


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [("kick", 30, 150), ("deep_kick", 30, 120), ("snare", 150, 8500), ("hat", 5000, 11_000), ("ride", 3000, 11_000)],
)
def test_a_drum_has_its_band(kind: str, low: float, high: float) -> None:
    hit = drum(kind, 1.0, rng(2, kind))
    power = np.abs(np.fft.rfft(hit)) ** 2
    hertz = np.fft.rfftfreq(len(hit), 1 / RATE)
    assert power[(hertz >= low) & (hertz <= high)].sum() > 0.7 * power.sum()
    assert np.abs(hit).max() == pytest.approx(1)


def test_without_borrowing_or_equaliser_every_track_keeps_its_genres_tempo() -> None:
    """The four kicks of disco come as often as its tempo says."""
    sound = track(1, "disco", 0, 0, 8.0, Difficulty(mix=0.0, eq=0.0)).astype(np.float64)
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(len(sound), 1 / RATE) > 150] = 0
    envelope = np.convolve(np.fft.irfft(spectrum, len(sound)) ** 2, np.ones(441) / 441, mode="same")[::221]
    envelope -= envelope.mean()
    lags = np.arange(20, 90)  # 0.2 to 0.9 s
    match = [float(envelope[lag:] @ envelope[:-lag]) / (len(envelope) - lag) for lag in lags]
    beat_s = lags[int(np.argmax(match))] * 221 / RATE
    tempo = 60 / beat_s
    assert any(0.97 * 108 < tempo / beats < 1.03 * 130 for beats in (1, 2))  # every kick, or every second event


def test_more_mix_borrows_more() -> None:
    plain = [track(3, "jazz", k, 0, 2.0, Difficulty(0.0, 0.0)) for k in range(6)]
    mixed = [track(3, "jazz", k, 0, 2.0, Difficulty(1.0, 0.0)) for k in range(6)]
    assert all(not np.array_equal(one, two) for one, two in zip(plain, mixed, strict=True))


@pytest.mark.parametrize("wrong", [{"artists": 4}, {"tracks": 0}, {"seconds": 0.5}])
def test_sizes_that_cannot_be(wrong: dict[str, float]) -> None:
    with pytest.raises(DataError, match="wanted"):
        genres.Recipe(**wrong)  # type: ignore[arg-type]
