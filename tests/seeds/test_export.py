"""What is written for a class reads back as it was, lacks the test part, and nothing else is touched."""

from __future__ import annotations

import csv
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from recordings import Write, tone, wave
from scipy.io import wavfile

from graders.data_cli import group
from seeds import choice
from seeds.datasets import DataError, Dataset, digits, genres, get, persian, phonemes, points, speakers
from seeds.export import export, select, wave_bytes
from seeds.exported import LABELS, MANIFEST, load, verify

MAKERS = {
    "digits": lambda: digits.make(digits.Recipe(speakers=5, takes=1)),
    "genres": lambda: genres.make(genres.Recipe(artists=5, tracks=1, seconds=1.0)),
    "speakers": lambda: speakers.make(speakers.Recipe(speakers=3, recordings=5, clips=1, strangers=4), outsiders=True),
}
TINY_PHONEMES = phonemes.Recipe(speakers=5, utterances=2)
SHAPES = {
    "digits": r"recordings/\d_voice\d\d_0\.wav",
    "genres": r"genres_original/([a-z]+)/\1\.0000\d\.wav",
    "speakers": r"(16000_pcm_speeches/speaker\d|other|_background_noise_)/\d+\.wav",
}


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / LABELS).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def exported(small: Dataset, tmp_path: Path) -> Path:
    """The small digits as a class gets them."""
    export(get("digits"), small, tmp_path / "class", workers=1)
    return tmp_path / "class"


@pytest.mark.parametrize("name", MAKERS)
def test_recordings_come_back_to_the_bit(name: str, tmp_path: Path) -> None:
    data, folder = MAKERS[name](), tmp_path / "class"
    counted: list[int] = []
    written = export(get(name), data, folder, workers=2, progress=counted.append)
    assert sum(counted) == len(written) == int((data.parts != "test").sum())
    assert verify(get(name), folder) == []
    back = load(get(name), folder)
    assert back.fingerprint == written.fingerprint == data.choose(data.parts != "test").fingerprint
    assert set(back.parts.tolist()) == {"train", "validation"}
    assert np.array_equal(back.waveforms[3], written.waveforms[3])
    waves = [path.relative_to(folder).as_posix() for path in folder.rglob("*.wav")]
    assert len(waves) == len(written) and all(re.fullmatch(SHAPES[name], one) for one in waves)
    rate, samples = wavfile.read(folder / waves[0])
    assert rate == data.sample_rate and samples.dtype == np.int16 and samples.ndim == 1


def test_features_and_transcripts_come_back(tmp_path: Path) -> None:
    data, folder = phonemes.make(TINY_PHONEMES), tmp_path / "class"
    written = export(get("phonemes"), data, folder, workers=1)
    assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == ["dev-clean", "train-clean-100"]
    assert verify(get("phonemes"), folder) == []
    back = load(get("phonemes"), folder)
    assert back.fingerprint == written.fingerprint
    assert back.frame_labels is not None and back.frame_labels[0].tolist() == data.frame_labels[0].tolist()  # type: ignore[index]
    export(get("phonemes"), data, tmp_path / "all", parts=["train", "validation", "test"], workers=1)
    plain = phonemes.load(tmp_path / "all")  # the very layout of the course's archive
    assert sorted(plain.ids.tolist()) == sorted(f"{part}/{identity}" for part, identity in zip(data.parts, data.ids, strict=True))


def test_persian_comes_back_with_its_transcripts(tmp_path: Path) -> None:
    texts = np.array(["سلام، خوبی؟", 'او گفت: "بله"', "می‌روم", "خداحافظ"])
    signals = [tone(16_000, 300 + 50 * k) / 32768 for k in range(4)]
    names = np.array([f"clip{k}" for k in range(4)])
    parts = np.array(["train", "train", "validation", "test"])
    data = Dataset("persian", signals, 16_000, np.zeros(4), ("fa",), names, parts, names, columns={"text": texts})
    folder = tmp_path / "class"
    export(get("persian"), data, folder, workers=1)
    back = load(get("persian"), folder)
    assert back.columns["text"].tolist() == texts[:3].tolist() and back.parts.tolist() == parts[:3].tolist()
    plain = persian.load(folder)  # the course's own layout too: clips, and one sheet with audio and text
    assert plain.columns["text"].tolist() == texts[:3].tolist()
    assert "خداحافظ" not in "".join(path.read_text("utf-8") for path in folder.iterdir() if path.is_file())


def test_points_come_back_as_pictures(tmp_path: Path) -> None:
    data = points.make(points.Recipe(points=12))
    written = export(get("points"), data, tmp_path / "class", workers=1)
    assert len(written) == len(data) and verify(get("points"), tmp_path / "class") == []
    back = load(get("points"), tmp_path / "class")
    for name in ("moons", "worked"):
        (ours, clusters), (theirs, labels) = points.picture(data, name), points.picture(back, name)
        np.testing.assert_array_equal(ours, theirs)
        assert clusters.tolist() == labels.tolist()


def test_real_copies_are_written_too(fsdd: Write, tmp_path: Path) -> None:
    data = digits.load(fsdd())
    written = export(get("digits"), data, tmp_path / "class", workers=1)
    back = load(get("digits"), tmp_path / "class")
    assert back.labels.tolist() == written.labels.tolist() and back.ids.tolist() == written.ids.tolist()
    for ours, theirs in zip(written.waveforms, back.waveforms, strict=True):
        assert np.abs(ours - theirs).max() <= 0.5 / 32768 + 1e-7
    assert back.provenance["source"] == "FSDD"


def test_gtzan_keeps_its_numbers() -> None:
    ids = np.array(["jazz.00007", "blues.00099", "jazz.00055"])
    data = Dataset("genres", [np.zeros(4)] * 3, 22_050, np.array([5, 0, 5]), genres.GENRES, ids, np.array(["train"] * 3), ids)
    assert genres.places(data) == [f"genres_original/{one.split('.')[0]}/{one}.wav" for one in ids.tolist()]


def test_the_test_part_and_the_recipe_stay_at_home(exported: Path, small: Dataset) -> None:
    withheld = set(small.part("test").groups.tolist())
    assert withheld
    text = "".join(path.read_text("utf-8") for path in exported.iterdir() if path.is_file())
    assert not [one for one in withheld if one in text]
    assert not [path for path in exported.rglob("*") if any(one in path.name for one in withheld)]
    assert "seed" not in text and "Recipe" not in text


def test_parts_are_chosen_and_misspelt_ones_refused(small: Dataset) -> None:
    assert set(select(small, ["test"]).parts.tolist()) == {"test"}
    with pytest.raises(DataError, match="got parts tset, wanted some of: train, validation, test"):
        select(small, ["train", "tset"])
    with pytest.raises(DataError, match="has no test part; it has train"):
        select(small.part("train"), ["train", "test"])
    unsplit = replace(small, parts=np.array([""] * len(small)))
    assert len(select(unsplit, ["train"])) == len(small)


def test_a_new_export_replaces_the_old_one_whole(small: Dataset, exported: Path) -> None:
    everything = export(get("digits"), small, exported, parts=["train", "validation", "test"], workers=1)
    assert load(get("digits"), exported).fingerprint == everything.fingerprint
    export(get("digits"), small, exported, parts=["train"], workers=1)
    assert len(list(exported.rglob("*.wav"))) == int((small.parts == "train").sum())


def test_folders_of_others_are_left_alone(small: Dataset, exported: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "thesis.txt").write_text("years of work")
    with pytest.raises(DataError, match=r"holds files that no export wrote \(thesis.txt\): give a new or an empty folder"):
        export(get("digits"), small, own, workers=1)
    assert (own / "thesis.txt").read_text() == "years of work"
    (exported / "recordings" / "notes.txt").write_text("mine")
    before = sorted(exported.rglob("*"))
    with pytest.raises(DataError, match=r"no export wrote \(recordings/notes.txt\)"):
        export(get("digits"), small, exported, workers=1)
    assert sorted(exported.rglob("*")) == before


def test_a_link_inside_the_folder_does_not_lead_out(small: Dataset, exported: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    shutil.move(exported / "recordings", outside)
    (exported / "recordings").symlink_to(outside)
    with pytest.raises(DataError, match=r"no export wrote \(recordings\)"):
        export(get("digits"), small, exported, workers=1)
    assert len(list(outside.iterdir())) == 40


@pytest.mark.parametrize("identity", ["../../escape", "a/../b", "/etc/x", ".hidden", "nu\0l", "a\nb", "back\\slash", "c:x"])
def test_ids_do_not_lead_out_of_the_folder(small: Dataset, tmp_path: Path, identity: str) -> None:
    ids = small.ids.tolist()
    ids[0] = identity
    data = replace(small, ids=np.array(ids, dtype=object).astype(str))
    with pytest.raises(DataError, match="no name to write a file under"):
        export(get("digits"), data, tmp_path / "deep" / "class", workers=1)
    assert not (tmp_path / "deep").exists()


def test_ids_that_differ_by_capitals_alone_are_refused(small: Dataset, tmp_path: Path) -> None:
    ids = small.ids.copy()
    ids[1] = ids[0].upper()
    with pytest.raises(DataError, match="differ by more than capitals"):
        export(get("digits"), replace(small, ids=ids), tmp_path / "class", workers=1)


def test_what_is_outside_the_range_is_cut_not_turned_over(tmp_path: Path) -> None:
    content = wave_bytes(np.array([1.5, 1.0, -1.0, -1.5, 0.0], dtype=np.float32), 8000)
    (tmp_path / "x.wav").write_bytes(content)
    assert wavfile.read(tmp_path / "x.wav")[1].tolist() == [32767, 32767, -32768, -32768, 0]


# --------------------------------------------------------------------------------------------------------- what goes wrong


def test_every_fault_is_listed_at_once(exported: Path) -> None:
    rows = table(exported)
    (exported / rows[0]["audio"]).unlink()
    (exported / rows[1]["audio"]).write_bytes(b"")
    (exported / rows[2]["audio"]).write_bytes(wave(tone(8000, 400), 8000))
    rows[3]["label"], rows[4]["part"], rows[5]["audio"] = "eleven", "exam", "../../etc/passwd"
    rows[7]["audio"] = rows[6]["audio"]
    with (exported / LABELS).open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows[:-1])
    problems = verify(get("digits"), exported)
    for number, words in enumerate(
        (
            f"{LABELS} has {len(rows) - 1} rows, wanted {len(rows)}: put them back",
            f"{rows[0]['audio']} is not there: unpack the archive again",
            f"{rows[1]['audio']} is empty (0 bytes)",
            f"{rows[2]['audio']} has 8000 Hz, wanted 16000",
            "has the label 'eleven', wanted one of zero, one",
            "has the part 'exam', wanted one of train, validation, test",
            "row 7 names ../../etc/passwd, which was not exported",
            f"row 9 names {rows[6]['audio']}, which another row has",
        )
    ):
        assert words in problems[number], problems[number]
    assert len(problems) == 8
    with pytest.raises(DataError, match="8 problem"):
        load(get("digits"), exported)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"complete": False}, "the export was cut short: export it again"),
        ({"name": "genres"}, "is of genres, wanted digits: link it as genres"),
        ({"format": 2}, "cannot be read (not a list of format 1)"),
        ({"sample_rate": "fast"}, "numbers and texts are not where they should be"),
        ({"color": 1}, "not a whole list"),
    ],
)
def test_a_manifest_that_does_not_fit(exported: Path, change: dict[str, object], words: str) -> None:
    stored = json.loads((exported / MANIFEST).read_text("utf-8"))
    (exported / MANIFEST).write_text(json.dumps(stored | change), "utf-8")
    (problem,) = verify(get("digits"), exported)
    assert words in problem
    with pytest.raises(DataError):
        load(get("digits"), exported)


def test_an_export_that_is_cut_short_is_no_copy(small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("seeds.export.wave_bytes", fail)
    with pytest.raises(DataError, match=r"no space left on device.*give a folder that can"):
        export(get("digits"), small, tmp_path / "class", workers=1)
    assert "cut short" in verify(get("digits"), tmp_path / "class")[0]
    monkeypatch.undo()
    monkeypatch.setenv("SANJEH_CACHE", str(tmp_path / "cache"))
    export(get("digits"), small, tmp_path / "class", workers=1)  # the second try finds its own beginnings
    assert verify(get("digits"), tmp_path / "class") == []


def test_a_zip_of_the_folder_serves_as_well(exported: Path, tmp_path: Path) -> None:
    packed = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", exported.parent, exported.name))
    assert load(get("digits"), packed).fingerprint == load(get("digits"), exported).fingerprint


# ------------------------------------------------------------------------------------------------------------- the command


@pytest.fixture
def plane(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: Dataset) -> Path:
    """A user of her own, for whom the embedded digits are the small ones."""
    monkeypatch.setenv("SANJEH_CONFIG", str(tmp_path / "config"))
    monkeypatch.delenv("SANJEH_DATA_DIGITS", raising=False)
    choice._load.cache_clear()
    monkeypatch.setattr(choice, "_load", lambda name, path: load(get(name), path) if path else small)
    return tmp_path / "class"


def test_the_command_writes_and_what_it_wrote_is_linked(plane: Path, small: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    done = CliRunner().invoke(group, ["export", "digits", str(plane)])
    assert done.exit_code == 0, done.output
    assert "40 examples written to" in done.output and "licence: embedded" in done.output and "WARNING" not in done.output
    monkeypatch.delenv("SANJEH_DATA_DIGITS")
    done = CliRunner().invoke(group, ["link", "digits", str(plane)])
    assert done.exit_code == 0, done.output
    assert choice.active("digits").fingerprint == small.choose(small.parts != "test").fingerprint
    assert "has no faults" in CliRunner().invoke(group, ["verify", "digits", str(plane)]).output
    monkeypatch.delenv("SANJEH_DATA_DIGITS")


def test_the_command_warns_of_the_test_part(plane: Path) -> None:
    done = CliRunner().invoke(group, ["export", "digits", str(plane), "--parts", "test"])
    assert done.exit_code == 0 and "WARNING" in done.output and "never give it to the class" in done.output
    done = CliRunner().invoke(group, ["export", "digits", str(plane), "--parts", "tset"])
    assert isinstance(done.exception, DataError)
