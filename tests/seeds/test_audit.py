"""The audit finds what is planted, and nothing where nothing is."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
import scipy.signal
from recordings import Write

from seeds.audit import Finding, Report, Severity, audit, gate
from seeds.audit import findings as findings_module
from seeds.audit.sound import Sound, clipped, examine
from seeds.audit.twins import candidates, clusters, correlation
from seeds.datasets import DataError, Dataset, digits
from seeds.datasets.signals import InMemory

RATE = 16_000
PARTS = ["train", "train", "validation", "test"]


def clip(seed: int, seconds: float = 0.6) -> np.ndarray:
    """A syllable of its own: three gliding resonances of a buzz, with a hiss at the end."""
    random = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    pitch = random.uniform(90, 220) * (1 + 0.15 * np.sin(2 * np.pi * random.uniform(1, 4) * time))
    buzz = scipy.signal.sawtooth(2 * np.pi * np.cumsum(pitch) / RATE)
    sound = np.zeros_like(time)
    for low, high in ((300, 800), (900, 2200), (2300, 3300)):
        start, stop = random.uniform(low, high, 2)
        glide = np.sin(2 * np.pi * np.cumsum(np.linspace(start, stop, len(time))) / RATE)
        sound += (
            buzz
            * glide
            * np.interp(time, [0, *np.sort(random.uniform(0, seconds, 2)), seconds], [0, *random.uniform(0.3, 1, 2), 0])
        )
    sound += random.normal(size=len(time)) * 0.3 * np.exp(-(((time - seconds + 0.1) / 0.05) ** 2))
    return (0.5 * sound / np.abs(sound).max() + random.normal(size=len(time)) * 1e-3).astype(np.float32)


def dataset(signals: list[np.ndarray], **columns: object) -> Dataset:
    """Two classes in turn; each group has two clips, and the groups go to `PARTS` in turn."""
    n = len(signals)
    groups = [f"g{row // 2:02}" for row in range(n)]
    given = {
        "labels": np.arange(n) % 2,
        "groups": np.array(groups),
        "parts": np.array([PARTS[row // 2 % 4] for row in range(n)]),
        "ids": np.array([f"r{row:02}" for row in range(n)]),
    }
    return Dataset("toy", InMemory(signals), RATE, label_names=("ba", "du"), **(given | columns))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def clips() -> list[np.ndarray]:
    return [clip(seed) for seed in range(24)]


@pytest.fixture(autouse=True)
def _fresh(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SANJEH_CACHE", f"{tmp_path}/cache")
    yield


def found(report: Report, check: str) -> Finding:
    """The one finding of a check; that there is no other is part of every test."""
    (finding,) = [one for one in report.findings if one.check == check]
    return finding


def test_clean_data_passes_without_a_word(clips: list[np.ndarray]) -> None:
    report = audit(dataset(clips), workers=1)
    assert report.findings == () and report.passed and report.verdict == "audit passed"
    assert report.facts["parts"] == "train 12, validation 6, test 6"
    assert report.facts["sound"].startswith("0.2 minutes at 16000 Hz")
    assert gate(dataset(clips)) == report


# ------------------------------------------------------------------------------------------------------------- copies


def mp3_like(signal: np.ndarray) -> np.ndarray:
    """Throw away what a codec throws away: everything above 3.8 kHz, and, frame by frame, what is 30 dB below the loudest."""
    _, _, bins = scipy.signal.stft(signal, RATE, nperseg=512)
    bins[122:] = 0
    bins[np.abs(bins) < np.abs(bins).max(axis=0) * 10 ** (-30 / 20)] = 0
    return scipy.signal.istft(bins, RATE, nperseg=512)[1][: len(signal)]


def noisy(signal: np.ndarray, snr_db: float) -> np.ndarray:
    noise = np.random.default_rng(5).normal(size=len(signal))
    return signal + noise * np.sqrt(np.mean(signal**2) / 10 ** (snr_db / 10))


COPIES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "the same": lambda signal: signal.copy(),
    "quieter": lambda signal: 0.2 * signal,
    "upside down": lambda signal: -signal,
    "shifted": lambda signal: np.concatenate([np.zeros(137), signal])[: len(signal)],
    "cut": lambda signal: signal[400:-300],
    "noise at 20 dB": lambda signal: noisy(signal, 20),
    "noise at 12 dB": lambda signal: noisy(signal, 12),
    "telephone": lambda signal: scipy.signal.sosfilt(
        scipy.signal.butter(4, [250, 3400], "bandpass", fs=RATE, output="sos"), signal
    ),
    "codec": mp3_like,
    "all": lambda signal: noisy(0.3 * mp3_like(signal)[200:], 20),
}


@pytest.mark.parametrize("how", COPIES)
def test_a_planted_copy_in_another_part_is_found(clips: list[np.ndarray], how: str) -> None:
    for source in (0, 9):
        planted = [*clips[:-2], COPIES[how](clips[source]).astype(np.float32), clips[-1]]  # r22 is in the test part
        data = dataset(planted)
        report = audit(data, workers=1)
        finding = found(report, "duplicates")
        assert finding.items == (f"r{source:02} ({data.parts[source]}), r22 (test)",)
        assert finding.severity is Severity.ERROR and not report.passed
        assert len(report.findings) == 1


def test_copies_within_a_part_are_a_warning(clips: list[np.ndarray]) -> None:
    report = audit(dataset([*clips[:8], 0.5 * clips[0], *clips[9:]]), workers=1)
    assert report.passed and found(report, "copies").items == ("r00 (train), r08 (train)",)


def test_an_excerpt_of_a_long_recording_is_found() -> None:
    track = np.concatenate([clip(seed) for seed in range(100, 120)])
    data = dataset([track, clip(1, 3), clip(2, 3), clip(3, 3), clip(4, 3), clip(5, 3), clip(6, 3), track[50_000:98_000]])
    assert found(audit(data, workers=1), "duplicates").items == ("r00 (train), r07 (test)",)


def test_many_copies_of_one_make_one_set() -> None:
    copies = [noisy(clip(0), 20 + row / 10).astype(np.float32) for row in range(60)]
    signals = [*copies, *[clip(seed) for seed in range(1, 40)]]
    data = dataset(signals)
    sounds = [examine(data, row) for row in range(len(data))]
    (members,) = clusters(data, sounds, workers=1)
    assert members.tolist() == list(range(60))
    assert len(candidates(sounds)) < 60 * 20  # not every pair


def test_one_word_by_one_voice_is_no_copy(small: Dataset) -> None:
    """Embedded speech: many voices say the same ten words."""
    sounds = [examine(small, row) for row in range(len(small))]
    assert clusters(small, sounds, workers=1) == []


def test_candidates_grow_with_the_recordings_not_with_their_square() -> None:
    random = np.random.default_rng(0)

    def pairs(n: int) -> int:
        prints = [np.unique(random.integers(0, 4000, 200)) for _ in range(n)]  # far more alike than recordings ever are
        return len(candidates([Sound(hashes=one, times=np.zeros(len(one), dtype=np.int32)) for one in prints]))

    assert pairs(1200) < 3 * pairs(600)


def test_correlation_of_known_signals() -> None:
    one = clip(1)
    assert correlation(one, one, RATE) == pytest.approx(1, abs=1e-6)
    assert correlation(one, -3 * one[200:], RATE) == pytest.approx(1, abs=0.02)
    assert correlation(one, clip(2), RATE) < 0.6
    assert correlation(one, np.zeros(4000, dtype=np.float32), RATE) == 0
    assert correlation(one, noisy(one, 0), RATE) == pytest.approx(1 / np.sqrt(1 + 3900 / 8000), abs=0.05)  # the noise of the band


def test_any_number_of_workers_gives_the_same_report(
    clips: list[np.ndarray], monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    data = dataset([*clips[:-1], noisy(clips[0], 20).astype(np.float32)])
    one = audit(data, workers=1)
    monkeypatch.setenv("SANJEH_CACHE", f"{tmp_path}/other")
    ticks: list[int] = []
    assert audit(data, workers=2, progress=ticks.append) == one and sum(ticks) == len(data)
    assert audit(data, progress=ticks.append) == one and sum(ticks) == len(data)  # from the cache


# ------------------------------------------------------------------------------------------------------------- groups


def test_groups_across_parts_are_named(clips: list[np.ndarray]) -> None:
    data = dataset(clips[:8])
    data = replace(data, groups=np.array(["a", "a", "b", "b", "c", "c", "a", "b"]))
    finding = found(audit(data, workers=1), "groups")
    assert finding.items == ("a: test, train", "b: test, train") and finding.severity is Severity.ERROR
    assert "2 of 3 values of 'group'" in finding.message


def test_further_columns_count_too(clips: list[np.ndarray]) -> None:
    data = dataset(clips[:8], columns={"artist": np.array(list("xxyyzzxz")), "text": np.array(["t"] * 8)})
    assert found(audit(data, workers=1), "groups").items == ("x: test, train", "z: test, validation")


def test_a_speaker_who_is_a_class_may_be_in_all_parts(clips: list[np.ndarray]) -> None:
    named = np.array(["ann", "bob"] * 4)
    assert audit(dataset(clips[:8], columns={"speaker": named}), workers=1).passed
    outsiders = np.array(["ann", "x", "ann", "x", "ann", "y", "ann", "x"])  # x and y share a class
    report = audit(dataset(clips[:8], columns={"speaker": outsiders}), workers=1)
    assert found(report, "groups").items == ("x: test, train",)


def test_unsplit_data_and_lonely_groups_are_remarked_on(clips: list[np.ndarray]) -> None:
    data = dataset(clips[:8])
    assert found(audit(replace(data, parts=np.array([""] * 8)), workers=1), "split").severity is Severity.INFO
    lonely = replace(data, groups=np.array(["a", "b", "c", "d", "e", "f", "g", "g"]))
    assert "the test part has one group only (g)" in found(audit(lonely, workers=1), "one group").message


# ------------------------------------------------------------------------------------------------------------- health


def test_broken_silent_and_clipped_recordings_are_all_named(clips: list[np.ndarray]) -> None:
    signals = list(clips[:16])
    signals[1] = np.zeros(0)
    signals[2] = np.array([0.1, np.nan])
    signals[5] = np.zeros(8000)
    signals[6] = 1e-4 * clips[6]
    signals[9] = np.clip(4 * clips[9], -0.5, 0.5)
    report = audit(dataset(signals), workers=1)
    assert found(report, "corrupt").items == ("r01 is empty", "r02 holds values that are not finite")
    assert [item.split(":")[0] for item in found(report, "silent").items] == ["r05", "r06"]
    assert [item.split(":")[0] for item in found(report, "clipped").items] == ["r09"]
    assert [one.severity for one in report.findings] == ["error", "error", "warning"]
    assert report.verdict == "audit FAILED (corrupt, silent)"


def test_a_file_that_is_damaged_after_loading_is_corrupt(fsdd: Write) -> None:
    folder = fsdd()
    data = digits.load(folder)
    (folder / "recordings" / "3_ann_0.wav").write_bytes(b"RIFF")
    row = data.ids.tolist().index("3_ann_0")
    assert "cannot be read (DataError: recordings/3_ann_0.wav" in examine(data, row).problem


def test_flat_tops_are_counted() -> None:
    assert clipped(np.array([0, 1, 1, 1, 0, -1, -1, 0, 1, 0], dtype=np.float32)) == 0.3
    assert clipped(np.sin(np.arange(1000) / 7).astype(np.float32)) == 0


# ------------------------------------------------------------------------------------------------------- classes, rates


def test_classes_that_are_missing_or_rare(clips: list[np.ndarray]) -> None:
    data = dataset(clips)
    train = np.flatnonzero(data.parts == "train")
    labels = np.zeros(24, dtype=np.int64)
    assert found(audit(replace(data, labels=labels), workers=1), "balance").items == ("du",)
    labels[data.parts == "test"] = np.array([0, 1] * 3)
    error, warning = [one for one in audit(replace(data, labels=labels), workers=1).findings if one.check == "balance"]
    assert error.severity is Severity.ERROR and "train part lacks 1 classes" in error.message and error.items == ("du",)
    assert warning.severity is Severity.WARNING and "validation part lacks" in warning.message
    labels = data.labels.copy()
    labels[train[:10]], labels[train[10:]] = 0, 1
    rare = found(audit(replace(data, labels=labels), workers=1), "balance")
    assert rare.items == ("ba: 10", "du: 2") and "always guessing the largest gives 83%" in rare.message


def test_mixed_rates_are_found(small: Dataset) -> None:
    low = [
        scipy.signal.resample_poly(scipy.signal.resample_poly(signal, 1, 2), 2, 1) if group == "voice04" else signal
        for signal, group in zip(small.waveforms, small.groups, strict=True)
    ]
    finding = found(audit(replace(small, signals=low), workers=1), "rates")
    assert finding.items == (
        "whole spectrum: 40 recordings of voice01, voice02, voice03, voice05",
        "nothing above 4000 Hz: 10 recordings of voice04",
    )
    assert "lowest rate (8000 Hz)" in finding.message


def test_features_and_points_are_audited_as_far_as_they_go() -> None:
    rows = [np.random.default_rng(row).normal(size=(4, 3)) for row in range(8)]
    rows[7] = rows[0]
    assert found(audit(dataset(rows), workers=1), "duplicates").items == ("r00 (train), r07 (test)",)


# --------------------------------------------------------------------------------------------------------------- gate


def test_the_gate_stops_and_an_override_is_recorded(clips: list[np.ndarray]) -> None:
    bad = dataset([*clips[:-1], clips[0]])
    with pytest.raises(DataError, match="fails its audit") as caught:
        gate(bad, workers=1)
    assert len(caught.value.problems) == 1 and "r00 (train), r23 (test)" in caught.value.problems[0]
    report = gate(bad, override=True, workers=1)
    assert report.overridden and not report.passed and report.verdict == "audit FAILED (duplicates), overridden"
    assert not gate(dataset(clips), override=True, workers=1).overridden


def test_a_report_survives_writing_and_reading(clips: list[np.ndarray]) -> None:
    report = audit(dataset([*clips[:-1], clips[0]]), workers=1)
    assert findings_module.read(report.spell()) == report
    with pytest.raises(DataError, match="no recordings"):
        audit(dataset([]))
    assert io.StringIO(report.spell()).read().isascii()
