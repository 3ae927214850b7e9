"""Speakers' clips: the Kaggle layout with all its faults, and the embedded set, split by recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from recordings import Write, tone, wave

from seeds.datasets import DataError, Dataset, _speakers_made, speakers
from seeds.datasets._outsiders import NOISES, bleats
from seeds.determinism import rng
from seeds.speech.acoustics import draw_channel, vary

TINY = speakers.Recipe(speakers=3, recordings=5, clips=2, strangers=4)
NAMES = ("Ann", "Bob", "Cyd", "Dan", "Eve")


@pytest.fixture
def kaggle(tmp_path: Path) -> Write:
    """Write a copy: speaker k is a tone of 300 + 100 k Hz; two outsiders of 2.5 s, at rates of their own."""

    def write(clips: int = 300, names: tuple[str, ...] = NAMES) -> Path:
        root = tmp_path / "speaker-recognition"
        for k, name in enumerate(names):
            folder = root / "16000_pcm_speeches" / name
            folder.mkdir(parents=True)
            content = wave(tone(16_000, 300 + 100 * k, 1.0), 16_000)
            for number in range(clips):
                (folder / f"{number}.wav").write_bytes(content)
        for folder_name, file, rate in (("other", "exercise_bike.wav", 16_000), ("_background_noise_", "pink_noise.wav", 8000)):
            (root / folder_name).mkdir()
            (root / folder_name / file).write_bytes(wave(tone(rate, 1000, 2.5), rate))
        return root

    return write


def test_the_kaggle_layout(kaggle: Write) -> None:
    data = speakers.load(kaggle())
    assert data.label_names == NAMES
    assert np.bincount(data.labels).tolist() == [300] * 5
    assert set(data.columns["kind"].tolist()) == {"speaker"}
    for row in (0, 450, 1499):
        signal = data.signals[row]
        assert len(signal) == 16_000
        assert np.abs(np.fft.rfft(signal)).argmax() == 300 + 100 * data.labels[row]
    first = data.choose(data.labels == 0)
    assert [name.rsplit("/", 1)[1] for name in first.ids[:3].tolist()] == ["0.wav", "1.wav", "2.wav"]  # by number, not by text
    assert first.groups.tolist() == [f"Ann/{number // 60:03d}" for number in range(300)]
    for label in range(5):  # five stretches each: three, one, one
        own = data.choose(data.labels == label)
        assert [int(np.sum(own.parts == part)) for part in ("train", "validation", "test")] == [180, 60, 60]


def test_the_outsiders_of_the_kaggle_layout(kaggle: Write) -> None:
    data = speakers.load(kaggle(), outsiders=True)
    assert data.label_names == (*NAMES, "outsider")
    strangers = data.choose(data.labels == 5)
    assert len(strangers) == 4  # two whole seconds of each file
    assert sorted(set(strangers.columns["kind"].tolist())) == ["noise", "voice"]
    assert sorted(set(strangers.parts.tolist())) == ["test", "validation"]
    for signal in strangers.waveforms:
        assert len(signal) == 16_000
        assert np.abs(np.fft.rfft(signal)).argmax() == 1000


def test_every_fault_is_listed_at_once(kaggle: Write) -> None:
    root = kaggle(clips=20)
    inside = root / "16000_pcm_speeches"
    planted = {
        "Ann/0.wav": (b"", "empty (0 bytes)"),
        "Ann/1.wav": (wave(tone(44_100, 300, 1.0), 44_100), "has 44100 Hz, wanted 16000"),
        "Bob/2.wav": (wave(tone(16_000, 300, 2.0), 16_000, channels=2), "has 2 channels"),
        "Cyd/3.wav": (wave(tone(16_000, 300, 0.5), 16_000), "0.50 s long, wanted one second"),
        "Dan/4.wav": (b"<html>404</html>", "is not a wave file"),
        "Dan/hello.wav": (wave(tone(16_000, 300, 1.0), 16_000), "is not named"),
    }
    for name, (content, _) in planted.items():
        (inside / name).write_bytes(content)
    (root / "other" / "exercise_bike.wav").write_bytes(b"")
    for number in range(10, 20):
        (inside / "Eve" / f"{number}.wav").unlink()
    problems = speakers.verify(root)
    for name, (_, words) in planted.items():
        (said,) = [problem for problem in problems if f"{name} " in problem]
        assert words in said
        assert ": " in said
    assert any("exercise_bike.wav is empty" in problem for problem in problems)
    (missing,) = [problem for problem in problems if "half unpacked" in problem]
    assert missing.startswith("speaker Eve: 10 of the clips 0 to 19")
    assert len(problems) == len(planted) + 2
    with pytest.raises(DataError) as caught:
        speakers.load(root)
    assert caught.value.problems == tuple(problems)


def test_folders_that_are_missing(kaggle: Write, tmp_path: Path) -> None:
    (problem,) = speakers.verify(kaggle(clips=2, names=("Ann", "Bob")))
    assert "2 speaker folder(s) (Ann, Bob), wanted" in problem
    assert "unpack the archive again" in problem
    assert "does not exist" in speakers.verify(tmp_path / "nowhere")[0]


def test_a_copy_that_was_resampled_as_a_whole(kaggle: Write) -> None:
    root = kaggle(clips=2)
    for path in (root / "16000_pcm_speeches").rglob("*.wav"):
        path.write_bytes(wave(tone(8000, 500, 1.0), 8000))
    assert "stored_rate=8000" in speakers.verify(root)[0]
    assert len(speakers.load(root, stored_rate=8000).signals[0]) == 16_000


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SANJEH_CACHE", str(tmp_path_factory.mktemp("speakers")))
        return speakers.make(TINY, outsiders=True)


def test_the_embedded_shape(small: Dataset) -> None:
    known = small.choose(small.columns["kind"] == "speaker")
    assert np.bincount(known.labels).tolist() == [10, 10, 10]
    assert small.label_names == ("speaker1", "speaker2", "speaker3", "outsider")
    assert known.groups.tolist()[::2] == [f"speaker{k}/{number}" for k in (1, 2, 3) for number in range(5)]
    assert known.parts.tolist()[:10:2] == ["train", "train", "validation", "train", "test"]
    assert len(set(small.ids.tolist())) == len(small)
    for signal in small.waveforms:
        assert len(signal) == 16_000
        assert 0.001 < np.abs(signal).max() < 0.96


def test_outsiders_are_never_trained_on_and_never_in_two_parts(small: Dataset) -> None:
    strangers = small.choose(small.labels == 3)
    assert sorted(set(strangers.parts.tolist())) == ["test", "validation"]
    for kind in ("voice", "noise", "animal"):
        own = strangers.choose(strangers.columns["kind"] == kind)
        assert len(own) == 4 * 2
        assert sorted(set(own.parts.tolist())) == ["test", "validation"]
    assert set(speakers.make(TINY).label_names) == {"speaker1", "speaker2", "speaker3"}


def mean_levels(data: Dataset) -> np.ndarray:
    """Log energies of 20 bands of every clip: (N, 20)."""
    power = np.stack([np.abs(np.fft.rfft(signal)) ** 2 for signal in data.waveforms])
    edges = np.unique(np.round(np.geomspace(50, 8000, 21)).astype(int))
    return np.log(np.add.reduceat(power, edges[:-1], axis=1) + 1e-6)


def test_speakers_are_told_apart_in_recordings_not_heard_before(small: Dataset) -> None:
    known = small.choose(small.columns["kind"] == "speaker")
    levels, seen = mean_levels(known), known.parts == "train"
    centres = np.stack([levels[seen & (known.labels == label)].mean(0) for label in range(3)])
    nearest = ((levels[~seen, None] - centres) ** 2).sum(-1).argmin(1)
    assert np.mean(nearest == known.labels[~seen]) > 0.7


@pytest.mark.parametrize("maker", [*NOISES, bleats])
def test_noises_fill_their_time_and_follow_the_seed(maker: object) -> None:
    first, again, other = (maker(32_000, 16_000, rng(seed, "noise")) for seed in (1, 1, 2))  # type: ignore[operator]
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.shape == (32_000,)
    assert np.abs(first).max() == pytest.approx(1)
    assert all(np.abs(block).max() > 1e-3 for block in np.split(first, 8))


def test_a_bleat_has_the_pitch_and_tremor_of_a_goat() -> None:
    sound = bleats(32_000, 16_000, rng(3, "goat"))
    power = np.abs(np.fft.rfft(sound)) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / 16_000)
    assert power[(hertz > 180) & (hertz < 5000)].sum() > 0.95 * power.sum()
    envelope = np.sqrt(np.convolve(sound**2, np.ones(400) / 400, mode="same"))
    tremor = np.abs(np.fft.rfft(envelope - envelope.mean()))
    rate = np.fft.rfftfreq(len(sound), 1 / 16_000)
    assert tremor[(rate > 6.5) & (rate < 12.5)].max() > 2 * tremor[(rate > 14) & (rate < 40)].max()


def test_a_microphone_held_otherwise_keeps_room_and_about_its_sound() -> None:
    channel = draw_channel(rng(1, "home"), 16_000)
    still = vary(channel, rng(2, "day"), 16_000, spread_db=0.0)
    moved = [vary(channel, rng(seed, "day"), 16_000, spread_db=2.0) for seed in range(20)]
    np.testing.assert_allclose(still.microphone, channel.microphone, atol=0.02 * np.abs(channel.microphone).max())
    gains = np.abs(np.fft.rfft([one.microphone for one in moved], 512)) / np.abs(np.fft.rfft(channel.microphone, 512))
    assert 1.0 < float(np.std(20 * np.log10(gains[:, 5:100]))) < 3.0
    assert all(np.array_equal(one.room, channel.room) for one in (still, *moved))


def test_no_two_recordings_of_a_speaker_share_pace_and_pitch() -> None:
    """The engine says one phrase alike every time: it would be a copy in two parts."""
    recipe = speakers.Recipe()
    manners: dict[str, list[tuple[int, int]]] = {}
    for session in _speakers_made._plan(recipe):
        _, voice, _ = _speakers_made._draw_request(session, recipe)
        manners.setdefault(session.name.split("/")[0], []).append((voice.rate, voice.pitch))
    assert len(manners) == 5
    for own in manners.values():
        assert len(set(own)) == len(own) == 10


@pytest.mark.parametrize("wrong", [{"speakers": 1}, {"strangers": 13}, {"recordings": 4}, {"clips": 0}])
def test_sizes_that_cannot_be(wrong: dict[str, int]) -> None:
    with pytest.raises(DataError, match="wanted"):
        speakers.Recipe(**wrong)
