"""Features equal librosa's, are made once, and do not depend on who makes them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from recordings import Write, tone, wave

from seeds import cache
from seeds.datasets import DataError, Dataset, digits
from seeds.datasets.signals import InMemory
from seeds.features import (
    Framing,
    Given,
    LogMel,
    Mfcc,
    Parameters,
    Trio,
    compute,
    extract,
    spectra,
    standardize,
    with_features,
)

HW4 = Framing.of_ms(16_000)
"""25 ms every 10 ms, whole frames only, as Speech HW4 wants."""


def speechlike(n: int, seed: int = 0) -> np.ndarray:
    """Silence, then a chirp in noise that grows."""
    random = np.random.default_rng(seed)
    time = np.arange(n) / 16_000
    signal = 0.3 * np.sin(2 * np.pi * (150 + 900 * time) * time) + random.normal(size=n) * np.linspace(0, 1, n) ** 3 * 0.1
    signal[: n // 8] = 0
    return signal


def toy(signals: list[np.ndarray], rate: int = 16_000) -> Dataset:
    n = len(signals)
    column = np.array([f"r{row}" for row in range(n)])
    return Dataset("toy", InMemory(signals), rate, np.zeros(n), ("all",), column, np.array([""] * n), column)


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that nobody has used."""
    monkeypatch.setenv("SANJEH_CACHE", str(tmp_path / "fresh"))
    return tmp_path / "fresh"


# ------------------------------------------------------------------------------------------------------ the definition

SETS = [
    Mfcc(),
    Mfcc(n_mfcc=12, n_mels=24, cut=HW4),
    Mfcc(n_mfcc=13, n_mels=40, cut=Framing(551, 512), deltas=2, normalize="mean_variance"),
    Mfcc(cut=Framing(551, 220, False), deltas=1, delta_width=5, delta_mode="nearest", summary="mean"),
    LogMel(),
    LogMel(n_mels=40, cut=HW4, size=None),
    Trio(),
    Trio(HW4, summary="mean"),
]


@pytest.mark.parametrize("parameters", SETS, ids=str)
@pytest.mark.parametrize("rate", [16_000, 22_050])
def test_every_feature_equals_librosas(parameters: Parameters, rate: int) -> None:
    import librosa  # noqa: F401

    for n in (rate, 3 * rate + 1):
        signal = speechlike(n)
        for dtype, tolerance in ((np.float64, 1e-6), (np.float32, 1e-4)):
            ours, theirs = (parameters.compute(signal.astype(dtype), rate, engine) for engine in ("numpy", "librosa"))
            assert ours.shape == theirs.shape
            scale = np.abs(theirs).max()
            assert np.abs(ours - theirs).max() <= tolerance * scale


def test_a_cepstrum_without_a_floor_under_the_loudest_is_librosas_too() -> None:
    import librosa

    sound = speechlike(8000)
    ours = spectra.mfcc(sound, 16_000, Framing(400, 160, center=False), 40, 28, top_db=None)
    mel = librosa.feature.melspectrogram(y=sound, sr=16_000, n_fft=400, hop_length=160, center=False, n_mels=40)
    theirs = librosa.feature.mfcc(S=librosa.power_to_db(mel, top_db=None), n_mfcc=28).T
    assert ours.shape == (48, 28)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    with_floor = spectra.mfcc(sound, 16_000, Framing(400, 160, center=False), 40, 28)
    assert np.abs(with_floor - theirs).max() > 1  # the silence at the beginning


def test_librosa_is_called_as_its_users_call_it() -> None:
    import librosa

    signal = speechlike(22_050).astype(np.float32)
    assert np.array_equal(Mfcc().compute(signal, 22_050, "librosa"), librosa.feature.mfcc(y=signal, sr=22_050, n_mfcc=13).T)
    level = librosa.power_to_db(librosa.feature.melspectrogram(y=signal, sr=22_050), ref=np.max)
    assert np.array_equal(LogMel(size=None).compute(signal, 22_050, "librosa"), level.T)
    trio = [
        librosa.feature.spectral_centroid(y=signal),
        librosa.feature.zero_crossing_rate(signal),
        librosa.feature.rms(y=signal),
    ]
    assert np.allclose(Trio().compute(signal, 22_050, "librosa"), np.concatenate(trio).T, rtol=1e-6)


def test_without_librosa_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "librosa", None)
    with pytest.raises(DataError, match=r'sanjeh\[independent\].*engine="numpy"'):
        Mfcc().compute(speechlike(9000), 16_000, "librosa")


def test_a_clip_shorter_than_a_frame_has_one() -> None:
    assert Mfcc(cut=HW4, n_mels=24).compute(speechlike(300), 16_000).shape == (1, 13)
    assert Trio(HW4).compute(speechlike(300), 16_000).shape == (1, 3)


def test_planted_values() -> None:
    at = np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)
    hertz, crossings, level = Trio().compute(at, 16_000)[8:-8].T
    assert np.allclose(hertz, 1000, atol=2)
    assert np.allclose(crossings, 2 * 1000 / 16_000, atol=1 / 2048)
    assert np.allclose(level, np.sqrt(0.5), rtol=1e-3)
    assert np.array_equal(Trio().compute(np.zeros(4000), 16_000)[:, :2], np.zeros((8, 2)))
    picture = LogMel().compute(at, 16_000)
    assert picture.shape == (128, 128) and np.allclose([picture.max(), picture.min()], [0, -80])
    corners = spectra.mel_to_hz(np.linspace(0, spectra.hz_to_mel(np.array(8000.0)), 130))
    assert abs(corners[1 + picture[64].argmax()] - 1000) < 40


def test_resizing_keeps_what_is_flat_and_what_is_linear() -> None:
    assert np.allclose(spectra.resize(np.full((300, 90), 7.0), (128, 128)), 7)
    ramp = np.repeat(np.linspace(0, 1, 512)[:, None], 64, axis=1)
    small = spectra.resize(ramp, (128, 64))
    assert np.allclose(small[4:-4, 0], (np.arange(4, 124) + 0.5) / 128, atol=2e-3)


def test_normalisation_is_per_utterance() -> None:
    rows = np.random.default_rng(1).normal(3, 5, size=(40, 3))
    rows[:, 1] = 4
    scaled = standardize(rows)
    assert np.allclose(scaled.mean(axis=0), 0) and np.allclose(scaled.std(axis=0), [1, 0, 1])
    assert np.allclose(standardize(rows, variance=False), rows - rows.mean(axis=0))
    given = compute(toy([rows, rows * 2 + 9]), Given())
    assert np.allclose(given[0], given[1], atol=1e-5) and np.allclose(given[0], scaled, atol=1e-5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Mfcc(n_mfcc=41, n_mels=40), "wanted 1 to 40"),
        (lambda: Mfcc(deltas=3), "wanted 0 to 2"),
        (lambda: Mfcc(delta_width=4), "odd"),
        (lambda: Framing(1, 1), "at least 2"),
        (lambda: LogMel(size=(0, 4)), "at least 1"),
        (lambda: compute(toy([np.zeros((3, 4))]), Mfcc()), r"r0.*shape \(3, 4\).*take Given"),
        (lambda: compute(toy([np.zeros(40)]), Given()), "r0.*wanted features"),
        (lambda: compute(toy([np.ones(40), np.zeros(0)]), Trio()), "r1.*empty"),
        (lambda: compute(toy([np.array([1, np.nan])]), Trio()), "r0.*not finite"),
        (lambda: compute(toy([speechlike(1600)]), Mfcc(deltas=1)), "r0.*4 frames for a delta over 9"),
        (lambda: compute(toy([]), Trio()), "no signals"),
    ],
)
def test_what_cannot_be_is_refused(make: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        make()  # type: ignore[operator]


# -------------------------------------------------------------------------------------------------- a whole data set


def test_any_number_of_workers_gives_the_same(small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parameters = Mfcc(n_mfcc=12, n_mels=24, cut=HW4, deltas=2)
    files = []
    for workers in (1, 2, 5):
        monkeypatch.setenv("SANJEH_CACHE", str(tmp_path / str(workers)))
        ticks: list[int] = []
        frames = compute(small, parameters, workers=workers, progress=ticks.append)
        assert sum(ticks) == len(frames) == 50
        files.append([path.read_bytes() for path in (tmp_path / str(workers)).glob("features-*.arrays")])
    assert files[0] == files[1] == files[2] and len(files[0]) == 1
    one = parameters.compute(small.signals[7], small.sample_rate)
    assert np.array_equal(frames[7], one.astype(np.float32))
    assert frames.frames.shape == (sum(len(rows) for rows in frames), 36)
    assert not frames.frames.flags.writeable and isinstance(frames.frames.base, np.ndarray)


def test_the_second_run_computes_nothing(small: Dataset, fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    honest = extract._features
    monkeypatch.setattr(extract, "_features", lambda *args: calls.append(args[3]) or honest(*args))
    first = compute(small, Trio(), workers=1)
    again = compute(replace(small, parts=small.parts[::-1].copy(), labels=small.labels[::-1].copy()), Trio(), workers=1)
    assert calls == list(range(50)) and np.array_equal(first.frames, again.frames)
    compute(small, Trio(Framing(1024, 256)), workers=1)
    compute(small.choose(range(49)), Trio(), workers=1)
    assert len(calls) == 149


def test_a_changed_file_is_noticed_without_reading_the_others(fsdd: Write, fresh: Path) -> None:
    folder = fsdd()
    data = digits.load(folder)
    before = compute(data, Trio(), workers=1)
    (folder / "recordings" / "3_ann_0.wav").write_bytes(wave(tone(8000, 700), 8000))
    after = compute(digits.load(folder), Trio(), workers=1)
    changed = [row for row in range(len(data)) if not np.array_equal(before[row], after[row])]
    assert [data.ids[row] for row in changed] == ["3_ann_0"]
    read: list[str] = []
    again = digits.load(folder)
    again.signals._files.read = lambda name, limit=-1: read.append(name)  # type: ignore[union-attr]
    assert np.array_equal(compute(again, Trio()).frames, after.frames) and not read


def test_a_zip_is_read_by_several_processes(fsdd: Write, tmp_path: Path, fresh: Path) -> None:
    folder = fsdd(takes=4)
    packed = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", folder))
    assert zipfile.is_zipfile(packed)
    plain, zipped = (compute(digits.load(path), Mfcc(n_mels=24, cut=HW4), workers=2) for path in (folder, packed))
    assert np.array_equal(plain.frames, zipped.frames)


def test_features_take_the_signals_place(small: Dataset) -> None:
    data = with_features(small, LogMel(size=(16, 8)), workers=1)
    assert data.signals.stacked().shape == (50, 16, 8)  # type: ignore[union-attr]
    assert np.array_equal(data.labels, small.labels) and data.provenance["features_of"] == small.fingerprint
    assert data.fingerprint != small.fingerprint
    with pytest.raises(DataError, match="wanted one length"):
        compute(small, Trio(), workers=1).stacked()


def test_memory_does_not_grow_with_the_number_of_files(tmp_path: Path) -> None:
    code = """
import resource, sys
import numpy as np
from seeds.datasets.base import Dataset
from seeds.datasets.signals import Signals
from seeds.features import LogMel, compute

class Drawn(Signals):
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
    def signal(self, index): return np.random.default_rng(index).normal(size=4000).astype(np.float32)
    def content(self, index): return b"%d" % index

def run(n):
    rows = np.array([str(row) for row in range(n)])
    compute(Dataset("drawn", Drawn(n), 16000, np.zeros(n), ("x",), rows, np.array([""] * n), rows), LogMel(size=(256, 256)), workers=2)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

few = run(40)
print(few, run(400))
"""
    environment = {**os.environ, "SANJEH_CACHE": str(tmp_path), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=120)
    few, many = map(float, done.stdout.split())
    size = sum(path.stat().st_size for path in tmp_path.glob("*.arrays")) / 2**20
    assert size > 100 and many < few + 12, (few, many, size)


def test_an_array_in_pieces_is_the_whole_array(fresh: Path) -> None:
    rows = np.arange(600, dtype=np.float32).reshape(100, 6)

    def fill(writer: cache.Writer) -> None:
        writer.put("before", np.arange(3))
        for start in range(0, 100, 7):
            writer.extend("rows", rows[start : start + 7])
        writer.put("after", np.array(["ا"]))

    found = cache.stream("x", {}, fill)
    assert np.array_equal(found["rows"], rows) and found["before"].tolist() == [0, 1, 2] and found["after"][0] == "ا"

    def fill_badly(writer: cache.Writer) -> None:
        writer.extend("rows", rows)
        writer.extend("rows", rows[:, :2])

    with pytest.raises(TypeError, match="has rows"):
        cache.stream("y", {}, fill_badly)
