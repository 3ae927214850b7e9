"""Persian speech: the folder with a spreadsheet and all that can be wrong with it, and the embedded portions, whose test is unheard."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from recordings import Write, tone, wave

from seeds.datasets import DataError, Dataset, _persian_made, persian
from seeds.datasets._sheet import arabic, fold
from seeds.datasets.base import PARTS
from seeds.speech.phrases import CLINIC, EVERYDAY, LANGUAGES, draw_meanings, sentence

TINY = persian.Recipe(train=6, validation=3, test=4, generic=30, voices=2, home=0.1)
TEXTS = ("سلام", "کتاب را خواند", "هوا سرد است", "می‌خواهم بروم", "نان خریدم")


@pytest.fixture
def folder(tmp_path: Path) -> Write:
    """Write a copy: clip k is a tone of 200 + 50 k Hz at 8 kHz."""

    def write(texts: tuple[str, ...] = TEXTS, *, separator: str = ",", suffix: str = ".wav", mark: str = "") -> Path:
        root = tmp_path / "persian"
        (root / "wavs").mkdir(parents=True)
        lines = [separator.join(("audio", "text"))]
        for k, text in enumerate(texts):
            (root / "wavs" / f"clip{k}.wav").write_bytes(wave(tone(8000, 200 + 50 * k, 0.2), 8000))
            lines.append(separator.join((f"clip{k}{suffix}", text)))
        (root / "transcripts.csv").write_text(mark + "\n".join(lines) + "\n", encoding="utf-8")
        return root

    return write


@pytest.mark.parametrize(("separator", "suffix", "mark"), [(",", ".wav", ""), (";", "", "\ufeff"), ("\t", ".wav", "")])
def test_a_folder_with_a_csv(folder: Write, separator: str, suffix: str, mark: str) -> None:
    root = folder(separator=separator, suffix=suffix, mark=mark)
    assert persian.verify(root) == []
    data = persian.load(root)
    assert data.columns["text"].tolist() == list(TEXTS)
    assert data.sample_rate == 8000  # as stored
    assert [np.abs(np.fft.rfft(signal)).argmax() * 5 for signal in data.waveforms] == [200 + 50 * k for k in range(5)]
    assert sorted(data.parts.tolist()) == ["test", "train", "train", "train", "validation"]
    assert len(persian.load(root, sample_rate=16_000).signals[0]) == 3200


def test_the_course_has_692_173_and_217_clips() -> None:
    parts = persian._split(1082)
    assert [parts.count(part) for part in PARTS] == [692, 173, 217]
    assert parts == persian._split(1082)


def test_an_excel_sheet(folder: Write) -> None:
    root = folder()
    (root / "transcripts.csv").unlink()
    if importlib.util.find_spec("openpyxl") is None:
        (root / "transcripts.xlsx").write_bytes(b"PK")
        assert "pip install openpyxl, or save it as CSV" in persian.verify(root)[0]
        return
    from openpyxl import Workbook

    book = Workbook()
    for line in (("Audio", "Text", "note"), *((f"clip{k}.wav", text, None) for k, text in enumerate(TEXTS))):
        book.worksheets[0].append(line)
    book.save(root / "transcripts.xlsx")
    assert persian.load(root).columns["text"].tolist() == list(TEXTS)
    (root / "transcripts.xlsx").write_bytes(b"not a workbook")
    assert "cannot be read" in persian.verify(root)[0]


def test_every_fault_is_listed_at_once(folder: Write) -> None:
    root = folder((*TEXTS, "متن"))
    wavs = root / "wavs"
    (wavs / "clip0.wav").write_bytes(b"")
    (wavs / "clip1.wav").write_bytes(wave(tone(8000, 300, 0.2), 8000, channels=2))
    (wavs / "clip2.wav").write_bytes(wave(tone(44_100, 300, 0.2), 44_100))
    (wavs / "clip3.wav").unlink()
    (wavs / "lonely.wav").write_bytes(wave(tone(8000, 300, 0.2), 8000))
    sheet = root / "transcripts.csv"
    lines = sheet.read_text(encoding="utf-8").splitlines()
    lines[5] = "clip4.wav,"
    lines[6] = "clip5.wav,كتاب علي ٣"
    sheet.write_text("\n".join([*lines, ",متن", "clip5.wav,دوباره"]), encoding="utf-8")
    problems = persian.verify(root)
    wanted = (
        "wavs/clip0.wav is empty",
        "wavs/clip1.wav has 2 channels",
        "wavs/clip2.wav has 44100 Hz, most others 8000",
        "row 5 names clip3.wav, which is not there",
        "row 6 (clip4.wav) has no text",
        "row 7 (clip5.wav) has the Arabic ك ي ٣, wanted the Persian ک ی ۳",
        "row 8 names no audio",
        "row 9 names clip5.wav, which another row has",
        "wavs/lonely.wav has no row in transcripts.csv",
    )
    for words in wanted:
        (said,) = [problem for problem in problems if words in problem]
        assert ": " in said
    assert len(problems) == len(wanted)
    with pytest.raises(DataError) as caught:
        persian.load(root)
    assert caught.value.problems == tuple(problems)


def test_arabic_letters_are_folded_where_asked(folder: Write) -> None:
    root = folder(("كتاب علي", *TEXTS))
    assert "fold_letters=True" in persian.verify(root)[0]
    assert persian.verify(root, fold_letters=True) == []
    assert persian.load(root, fold_letters=True).columns["text"][0] == "کتاب علی"
    assert (fold("۳ يك"), arabic("۳ یک")) == ("۳ یک", "")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"file,transcript\nx,y\n", "has the columns file, transcript, wanted audio and text"),
        ("audio,text\nclip0,سلام\n".encode("utf-16"), "is not in UTF-8"),
        (b"audio,text\n", "has no rows"),
    ],
)
def test_sheets_that_cannot_be_read(folder: Write, content: bytes, words: str) -> None:
    root = folder()
    (root / "transcripts.csv").write_bytes(content)
    (problem,) = persian.verify(root)
    assert words in problem


def test_folders_that_are_none(folder: Write, tmp_path: Path) -> None:
    assert "does not exist" in persian.verify(tmp_path / "nowhere")[0]
    root = folder()
    (root / "old.csv").write_text("audio,text\n")
    assert "2 spreadsheet(s) (old.csv, transcripts.csv)" in persian.verify(root)[0]
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / "all.zip").write_bytes(b"PK")
    assert "unpack all.zip" in persian.verify(tmp_path / "packed")[0]


@pytest.fixture(scope="module")
def portions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Dataset]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SANJEH_CACHE", str(tmp_path_factory.mktemp("persian")))
        return {portion: persian.make(TINY, portion=portion) for portion in _persian_made.PORTIONS}


def test_the_embedded_shape(portions: dict[str, Dataset]) -> None:
    for data in portions.values():
        assert data.label_names == ("fa", "en", "zh")
        assert set(data.parts.tolist()) == set(PARTS)
        assert data.frame_labels is not None
        for signal, labels in zip(data.waveforms, data.frame_labels, strict=True):
            assert 0.5 < len(signal) / 16_000 <= 2.95
            assert len(labels) == -(-len(signal) // 320)  # 50 a second
            assert (labels[0], labels[-1]) == (0, 0)
            assert len(set(labels.tolist())) > 4
    assert set(portions["fine_tuning"].columns["language"].tolist()) == {"fa"}
    generic = portions["generic"]
    for language in LANGUAGES:
        own = generic.choose(generic.columns["language"] == language)
        assert set(own.parts.tolist()) == set(PARTS)
        assert all((text == "") == (language == "en") for text in own.columns["translation"].tolist())


def test_phonemes_lie_where_the_sound_is(portions: dict[str, Dataset]) -> None:
    data = portions["generic"]
    assert data.frame_labels is not None
    louder = []
    for signal, labels in zip(data.waveforms, data.frame_labels, strict=True):
        level = np.sqrt(np.mean(np.pad(signal, (0, -len(signal) % 320)).reshape(-1, 320) ** 2, axis=1))
        louder.append(float(np.median(level[labels > 0]) / np.median(level[labels == 0])))
    assert min(louder) > 1.5


def test_what_is_measured_on_is_said_nowhere_else() -> None:
    lines = _persian_made.plan(persian.Recipe())
    where: dict[str, set[tuple[str, str]]] = {}
    voices: dict[tuple[str, str], set[int]] = {}
    for portion, own in lines.items():
        for line in own:
            where.setdefault(line.text, set()).add((portion, line.part))
            voices.setdefault((portion, line.part), set()).add(line.voice % 24)
    assert all(len(parts) == 1 for parts in where.values())
    heard = voices["fine_tuning", "train"] | voices["generic", "train"]
    assert not heard & voices["fine_tuning", "test"]
    assert not heard & voices["fine_tuning", "validation"]
    assert len(lines["fine_tuning"]) == 950
    home = [line for line in lines["generic"] if "practice" in line.name]
    assert len(home) == 120
    assert {(line.language, line.part) for line in home} == {("fa", "train")}


def test_a_sentence_in_two_parts_is_refused() -> None:
    lines = _persian_made.plan(TINY)
    stolen = next(line for line in lines["fine_tuning"] if line.part == "test")
    lines["generic"].append(replace(stolen, part="train"))
    with pytest.raises(DataError, match="know them by heart") as caught:
        _persian_made.check_unheard(lines)
    assert stolen.text in str(caught.value)


def test_any_number_of_workers_makes_the_same_bytes(
    portions: dict[str, Dataset], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SANJEH_CACHE", str(tmp_path))
    assert persian.make(TINY, workers=1).fingerprint == portions["fine_tuning"].fingerprint
    assert persian.make(replace(TINY, seed=7)).fingerprint != portions["fine_tuning"].fingerprint


def test_grammars_are_written_as_their_languages_are() -> None:
    random = np.random.default_rng(1)
    for grammar in (EVERYDAY, CLINIC):
        meanings = draw_meanings(grammar, 300, random)
        for language, first, last in (("fa", "آ", "ی"), ("zh", "一", "鿿"), ("en", "A", "z")):
            said = [sentence(grammar, meaning, language) for meaning in meanings]
            assert len(set(said)) == 300
            for text in said:
                assert text == text.strip()
                assert "  " not in text
                assert not arabic(text)
                assert all(first <= letter <= last or letter in " \u200cپچژگک'" for letter in text)
    with pytest.raises(ValueError, match="too small"):
        draw_meanings(CLINIC[1:2], 60, random)


@pytest.mark.parametrize("wrong", [{"train": 0}, {"generic": 9}, {"home": 0.6}, {"voices": 0}])
def test_sizes_that_cannot_be(wrong: dict[str, float]) -> None:
    with pytest.raises(DataError, match="wanted"):
        persian.Recipe(**wrong)  # type: ignore[arg-type]


def test_a_portion_that_there_is_not() -> None:
    with pytest.raises(DataError, match="fine_tuning or generic"):
        persian.make(TINY, portion="both")  # type: ignore[arg-type]


def test_the_command_makes_both_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def make(*, portion: str = "fine_tuning", **_: object) -> str:
        made.append(portion)
        return portion

    monkeypatch.setattr(persian, "make", make)
    assert persian.SPEC.make() == "fine_tuning"  # type: ignore[comparison-overlap]
    assert sorted(made) == ["fine_tuning", "generic"]


@pytest.mark.parametrize("encoding", ["cp1256", "latin-1"])
def test_transcripts_that_were_opened_in_another_encoding_are_told(folder: Write, encoding: str) -> None:
    texts = (*TEXTS[:-1], "این جمله خوب است".encode().decode(encoding))
    (problem,) = persian.verify(folder(texts))
    assert f"row {len(texts) + 1} (clip{len(texts) - 1}.wav)" in problem and "opened in another encoding" in problem
