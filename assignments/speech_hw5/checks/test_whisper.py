"""Public checks of question 3's Whisper: the handout's examples, with the small checkpoint that lies beside the handout."""

import csv
from pathlib import Path

import numpy as np

from graders.kit import check, ensure, equal
from graders.kit.checkpoint import faults

CHECKPOINT = Path(__file__).parents[1] / "checkpoint"
RATE = 16_000


def checkpoint_files():
    """The files of the checkpoint that lies beside the handout."""
    paths = [path for path in sorted(CHECKPOINT.iterdir()) if path.suffix in (".json", ".safetensors")]
    return {path.name: path.read_bytes() for path in paths}


def checkpoint(student):
    """The path of the checkpoint where your code runs."""
    return student.scratch("whisper", checkpoint_files())


@check("q3w.labels")
def test_labels(student):
    """Labels of two Persian texts: language, task, no timestamps, text, end, then -100; and back to texts."""
    folder, texts = checkpoint(student), ["سلام", "ما در کوچه سه دوست داریم"]
    labels = student.recognise.make_labels(texts, "fa", folder)
    fits = isinstance(labels, np.ndarray) and labels.ndim == 2 and labels.dtype.kind == "i" and len(labels) == 2
    ensure(fits and labels.shape[1] > 3, "make_labels should return an array (2, L) of integers.", got=labels)
    equal(labels[:, :3], [[1043, 1103, 1107]] * 2, what="the first three labels: <|fa|> <|transcribe|> <|notimestamps|>")
    equal(int(labels[1, -1]), 1000, what="the last label of the longer text, <|endoftext|>")
    ends = int((labels[0] != -100).sum())
    ensure(
        ends < labels.shape[1] and labels[0, ends - 1] == 1000, "The shorter row should end and then hold -100.", got=labels[0]
    )
    equal(student.recognise.read_labels(labels, folder), texts, what="the texts read back")


@check("q3w.examples")
def test_examples(student):
    """Three recordings: the language of each is found, each is written down, and the Chinese one is put into English."""
    folder = checkpoint(student)
    with np.load(CHECKPOINT / "examples.npz") as stored:
        examples = dict(stored)
    for language in ("fa", "en", "zh"):
        wave = examples[language].astype(np.float32) / 32768
        found = student.recognise.detect_language(wave, RATE, folder)
        fits = isinstance(found, dict) and found and all(isinstance(value, float) for value in found.values())
        ensure(fits, "detect_language should return {code: probability}.", got=found)
        equal(max(found, key=found.get), language, what="the most probable language")
        write = student.recognise.translate if language == "zh" else student.recognise.transcribe
        equal(write(wave, RATE, folder), str(examples[f"{language}_text"]), what="the text")


@check("q3w.pairs")
def test_pairs(student):
    """The handout's texts: which pairs are nearly one sentence, and a split that keeps equal sentences together."""
    train = ["ما در کوچه سه دوست داریم", "این خانم تب دارد", "سلام"]
    test = ["ما در کوچه پنج دوست داریم.", "این آقا درد دارد", "سلام!"]
    equal(student.recognise.overlaps(train, test), [[0, 0], [2, 2]], what="overlaps")
    texts = [f"جمله {number}" for number in range(25)]
    found = student.recognise.split([*texts, *texts], 42)
    wanted = {"train": 32, "validation": 8, "test": 10}
    fits = isinstance(found, dict) and set(found) == set(wanted) and all(isinstance(part, list) for part in found.values())
    fits = fits and all(isinstance(place, int) for part in found.values() for place in part)
    ensure(fits, 'split should return {"train": [...], "validation": [...], "test": [...]}, numbers of texts.', got=found)
    equal({part: len(found[part]) for part in wanted}, wanted, what="the sizes of the parts")
    equal(sorted(place for part in found.values() for place in part), list(range(50)), what="all numbers of texts")
    alike = all({(place + 25) % 50 for place in part} == set(part) for part in found.values())
    ensure(alike, "A sentence and its copy are in different parts.", got=found)


@check("q3w.whole")
def test_whole(student, files):
    """tuned/ holds a checkpoint like the one beside the handout, transcripts.csv what your code writes with it for test.npz."""
    folder = {name.removeprefix("tuned/"): content for name, content in files.items() if name.startswith("tuned/")}
    problems = faults(folder, checkpoint_files())
    ensure(not problems, f"The folder tuned/ cannot be used: {'; '.join(problems)}.")
    with np.load(CHECKPOINT / "test.npz") as stored:
        waves = {name: stored[name].astype(np.float32) / 32768 for name in sorted(stored.files)}
    told = rows(files.get("transcripts.csv", b""))
    missing, unknown = sorted(set(waves) - set(told)), sorted(set(told) - set(waves))
    ensure(not missing, "transcripts.csv lacks recordings of test.npz.", got=missing)
    ensure(not unknown, "transcripts.csv names recordings that test.npz does not have.", got=unknown)
    names = list(waves)[:4]
    # Your code has both checkpoints at hand, as in your own comparison of before and after.
    student.recognise.transcribe(waves[names[0]], RATE, checkpoint(student), "fa")
    heard = [student.recognise.transcribe(waves[name], RATE, "tuned", "fa") for name in names]
    alike = sum(text == told[name] for name, text in zip(names, heard, strict=True))
    message = "transcripts.csv holds other texts than your transcribe writes with tuned/; machines may differ in one of four."
    ensure(alike >= 3, message, got=[told[name] for name in names], wanted=heard)


def rows(content):
    """{id: text} of transcripts.csv."""
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        ensure(False, "transcripts.csv is not in UTF-8: save it again as CSV UTF-8.")
    ensure(lines, "There is no transcripts.csv, or it is empty; the starter has its first line and the ids.")
    table = csv.DictReader(lines, delimiter=max(",;\t", key=lines[0].count))
    fits = {"id", "text"} <= set(table.fieldnames)
    ensure(fits, "The first line of transcripts.csv should name the columns id and text.", got=lines[0])
    found = [(row["id"], row["text"] or "") for row in table]
    ensure(len(dict(found)) == len(found), "An id stands twice in transcripts.csv.", got=[name for name, _ in found])
    ensure(any(text.strip() for _, text in found), "transcripts.csv is not written yet: all of its texts are empty.")
    return dict(found)
