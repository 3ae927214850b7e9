"""Frames and their phonemes: the course's arrays with all their faults, and the embedded set, labelled to the sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from recordings import Write

from seeds.datasets import DataError, Dataset, phonemes
from seeds.datasets.frames import UNKNOWN
from seeds.features import Given, compute
from seeds.speech import Event, speak_all
from seeds.speech.aligned import label_frames
from seeds.speech.arpabet import SYMBOLS, symbols_in_time
from seeds.speech.cast import ENGLISH, TIMBRES
from seeds.speech.engine import Voice

TINY = phonemes.Recipe(speakers=5, utterances=2)
UTTERANCES = {
    "train-clean-100": ("103-1-0002", "103-1-0010", "26-4-0001"),
    "dev-clean": ("84-9-0000",),
    "test-clean": ("61-7-0003",),
}


def features(seed: int, frames: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(frames, 28)).astype(np.float32)


@pytest.fixture
def hw1p2(tmp_path: Path) -> Write:
    """Write a copy: utterance k has 10 + k frames; the phones are the symbols 1 + k, 2 + k and so on."""

    def write(*, marked: bool = True) -> Path:
        root = tmp_path / "11-785-f23-hw1p2"
        k = 0
        for partition, names in UTTERANCES.items():
            (root / partition / "mfcc").mkdir(parents=True)
            if partition != "test-clean":
                (root / partition / "transcript").mkdir()
            for name in names:
                np.save(root / partition / "mfcc" / f"{name}.npy", features(k, 10 + k))
                symbols = [SYMBOLS[1 + (k + frame) % 39] for frame in range(10 + k)]
                if marked:
                    symbols = ["[SOS]", *symbols, "[EOS]"]
                if partition != "test-clean":
                    np.save(root / partition / "transcript" / f"{name}.npy", np.array(symbols))
                k += 1
        return root

    return write


@pytest.mark.parametrize("marked", [True, False])
def test_the_course_layout(hw1p2: Write, marked: bool) -> None:
    root = hw1p2(marked=marked)
    assert phonemes.verify(root) == []
    data = phonemes.load(root.parent)  # the set may lie deeper inside
    assert data.parts.tolist() == ["train"] * 3 + ["validation", "test"]
    assert data.groups.tolist() == ["103", "103", "26", "84", "61"]
    assert data.ids[1] == "train/103-1-0010"
    labels = data.frame_labels
    assert labels is not None
    assert labels.names == SYMBOLS
    assert len(SYMBOLS) == len(set(SYMBOLS)) == 42
    assert labels.lengths.tolist() == [10, 11, 12, 13, 14]
    for k, (signal, sequence) in enumerate(zip(data.signals, labels, strict=True)):
        assert np.array_equal(signal, features(k, 10 + k))
        wanted = [UNKNOWN] * 14 if k == 4 else [1 + (k + frame) % 39 for frame in range(10 + k)]
        assert sequence.tolist() == wanted
    assert len(data.part("train").frame_labels or ()) == 3


def test_features_are_looked_at_and_not_copied(hw1p2: Write) -> None:
    signal = phonemes.load(hw1p2()).signals[0]
    base = signal
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base  # type: ignore[assignment]
    assert isinstance(base, np.memmap)


def test_a_second_run_reads_no_array_and_a_changed_one_is_noticed(
    hw1p2: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANJEH_CACHE", str(tmp_path / "cache"))
    root = hw1p2()
    before = compute(phonemes.load(root), Given("none"), workers=1)
    np.save(root / "train-clean-100" / "mfcc" / "26-4-0001.npy", features(99, 12))
    after = compute(phonemes.load(root), Given("none"), workers=1)
    assert [row for row in range(5) if not np.array_equal(before[row], after[row])] == [2]
    again = phonemes.load(root)
    monkeypatch.setattr(type(again.signals), "signal", None)
    assert np.array_equal(compute(again, Given("none"), workers=1).frames, after.frames)


def test_labels_change_the_fingerprint(hw1p2: Write) -> None:
    root = hw1p2()
    before = phonemes.load(root).fingerprint
    path = root / "dev-clean" / "transcript" / "84-9-0000.npy"
    symbols = np.load(path)
    symbols[3] = "ZH"
    np.save(path, symbols)
    assert phonemes.load(root).fingerprint != before


def test_every_fault_is_listed_at_once(hw1p2: Write) -> None:
    root = hw1p2()
    train = root / "train-clean-100"
    np.save(train / "mfcc" / "103-1-0002.npy", np.zeros((10, 13), np.float32))
    (train / "mfcc" / "26-4-0001.npy").write_bytes(b"")
    np.save(train / "transcript" / "103-1-0010.npy", np.array(["AA"] * 20))
    np.save(train / "transcript" / "extra.npy", np.array(["AA"]))
    path = root / "dev-clean" / "transcript" / "84-9-0000.npy"
    np.save(path, np.array(["[SOS]", *["QQ"] * 13, "[EOS]"]))
    np.save(root / "dev-clean" / "mfcc" / "objects.npy", np.array([{}]), allow_pickle=True)
    (root / "test-clean" / "mfcc" / "61-7-0003.npy").unlink()
    said = "\n".join(phonemes.verify(root))
    for name, words in {
        "train-clean-100/mfcc/103-1-0002.npy": "has shape (10, 13), wanted (T, 28)",
        "train-clean-100/mfcc/26-4-0001.npy": "is empty (0 bytes)",
        "train-clean-100/transcript/103-1-0010.npy": "has 20 symbols for 11 frames",
        "train-clean-100/transcript/extra.npy": "has no array in mfcc",
        "dev-clean/transcript/84-9-0000.npy": "has QQ, which is none of the 42 symbols",
        "dev-clean/mfcc/objects.npy": "cannot be read",
    }.items():
        assert f"{name} {words}" in said
    assert "dev-clean/mfcc/objects.npy has no transcript" in said
    assert "test-clean/mfcc is missing or has no arrays: the archive is only half unpacked" in said
    with pytest.raises(DataError, match="cannot be used"):
        phonemes.load(root)


def test_a_label_outside_the_set_is_named_when_it_is_read(hw1p2: Write) -> None:
    root = hw1p2()
    np.save(root / "dev-clean" / "transcript" / "84-9-0000.npy", np.array(["AA"] * 12 + ["QQ"]))
    data = phonemes.load(root)
    assert data.frame_labels is not None
    with pytest.raises(DataError, match=r"84-9-0000\.npy has QQ"):
        data.frame_labels[3]


def test_paths_without_a_copy(tmp_path: Path) -> None:
    assert "does not exist" in phonemes.verify(tmp_path / "nowhere")[0]
    (tmp_path / "11-785.zip").write_bytes(b"PK")
    assert "unpack 11-785.zip" in phonemes.verify(tmp_path)[0]
    assert "cannot be memory-mapped" in phonemes.verify(tmp_path / "11-785.zip")[0]


def event(sample: int, name: str) -> Event:
    return Event("phoneme", sample, name, 0, 0)


def test_phones_in_time() -> None:
    events = (
        Event("word", 0, "", 0, 3),
        event(0, "dZ"),
        event(100, "A@"),
        event(300, "_:"),
        event(400, "w"),
        event(500, "O@"),
        event(600, "r-"),
    )
    marks = symbols_in_time(events, 700)
    assert marks == [(0, "JH"), (100, "AA"), (200, "R"), (300, "[SIL]"), (400, "W"), (500, "AO"), (600, "R")]
    labels = label_frames([10.0, 20.0], [5, 6], np.array([9.9, 10.0, 19.0, 20.0, 99.0]), before=0)
    assert labels.tolist() == [0, 5, 5, 6, 6]
    with pytest.raises(DataError, match="'xyz' without an ARPAbet symbol"):
        symbols_in_time((event(0, "xyz"),), 10)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SANJEH_CACHE", str(tmp_path_factory.mktemp("phonemes")))
        return phonemes.make(TINY)


def test_the_embedded_shape(small: Dataset) -> None:
    assert small.groups.tolist()[::2] == [f"person0{k}" for k in range(1, 6)]
    assert small.parts.tolist()[::2] == ["train", "train", "train", "validation", "test"]
    labels = small.frame_labels
    assert labels is not None
    for signal, sequence, length in zip(small.signals, labels, labels.lengths, strict=True):
        assert signal.shape == (length, 28)
        assert sequence.shape == (length,)
        assert (sequence[0], sequence[-1]) == (0, 0)  # silence at both ends
        assert 0 <= sequence.min() <= sequence.max() < 40  # no frame bears the marks of the ends
        assert 50 < length < 1500


def test_labels_lie_where_the_sound_is(small: Dataset) -> None:
    """Silence is quieter than vowels in most frames of each utterance, and sibilants have less of the low bands than vowels."""
    vowels = [SYMBOLS.index(name) for name in ("AA", "AE", "AH", "AY", "EH", "IY", "OW")]
    hissing = [SYMBOLS.index(name) for name in ("S", "SH", "Z", "CH")]
    assert small.frame_labels is not None
    tilts: list[float] = []
    for signal, sequence in zip(small.signals, small.frame_labels, strict=True):
        voiced, silent, hiss = (np.isin(sequence, wanted) for wanted in (vowels, [0], hissing))
        assert np.median(signal[silent, 0]) < np.median(signal[voiced, 0]) - 20
        if hiss.any():
            tilts.append(float(np.median(signal[voiced, 1]) - np.median(signal[hiss, 1])))
    assert min(tilts) > 10


def test_a_timbre_is_in_one_part_and_every_part_has_women_and_men() -> None:
    part_of: dict[int, set[str]] = {}
    for number in range(48):
        timbre = number % len(TIMBRES)
        part_of.setdefault(timbre, set()).add(phonemes.PART_OF_TIMBRE[timbre % len(phonemes.PART_OF_TIMBRE)])
    assert all(len(parts) == 1 for parts in part_of.values())
    for part in ("train", "validation", "test"):
        assert {timbre % 2 for timbre, parts in part_of.items() if part in parts} == {0, 1}  # they stand in turn


def test_every_american_phoneme_of_the_sentences_has_a_symbol() -> None:
    from seeds.speech import sentences

    words = [
        word
        for group in (
            sentences.NAMES,
            sentences.PEOPLE,
            sentences.VERBS,
            sentences.ADJECTIVES,
            sentences.THINGS,
            sentences.PLACES,
        )
        for word in group
    ]
    assert ENGLISH[0] == "en-us"
    found: set[str] = set()
    for said in speak_all([(". ".join(words[k : k + 40]) + ".", Voice("en-us", "m3"), 1) for k in range(0, len(words), 40)]):
        found |= {symbol for _, symbol in symbols_in_time(said.events, len(said.samples))}
    assert found == set(SYMBOLS[:40])


@pytest.mark.parametrize("wrong", [{"speakers": 4}, {"utterances": 0}])
def test_sizes_that_cannot_be(wrong: dict[str, int]) -> None:
    with pytest.raises(DataError, match="wanted"):
        phonemes.Recipe(**wrong)
