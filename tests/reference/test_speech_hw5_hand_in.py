"""Question 3's fine-tuned checkpoint and transcripts as files: each fault is the student's, is said, and gives no reference away."""

from __future__ import annotations

import csv
import io
import json
import pickle
from collections.abc import Mapping

import numpy as np
import pytest
import torch

from graders.kit.checkpoint import faults
from graders.kit.loading import CodeFolder, variant
from graders.kit.outcome import CheckResult, Outcome
from graders.kit.plugin import Suite, SuitePlugin
from graders.kit.run import Collector, run_pytest
from graders.speech_hw5 import handed_in
from seeds.datasets import persian

from .provider import InProcess
from .test_speech_hw5_recognise_suite import ASSIGNMENT, CALIBRATION, HAND_IN, HANDED_IN, REFERENCE, STARTER, graded, source

Files = dict[str, bytes]
IDS = handed_in.in_kit()[0]
TOLD = dict(csv.reader(io.StringIO(HANDED_IN["transcripts.csv"].decode())))


@pytest.fixture(autouse=True)
def _inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REFERENCE)
    torch.set_num_threads(1)


def result(check: str, files: Mapping[str, bytes]) -> CheckResult:
    """The check on the staff's code with those files; what is said of it never holds a reference."""
    found = graded(CodeFolder(source()), [check], files)[check]
    said = f"{found.finding.message} {found.finding.difference} {found.finding.inputs} {found.finding.detail}"
    assert not [text for text in (*handed_in.in_kit()[1].texts, *handed_in.withheld().texts) if text in said]
    return found


def with_folder(name: str, content: bytes) -> Files:
    return {**HANDED_IN, f"tuned/{name}": content}


def with_texts(texts: Mapping[str, str]) -> Files:
    lines = "".join(f'{name},"{text}"\n' for name, text in texts.items())
    return {**HANDED_IN, "transcripts.csv": f"id,text\n{lines}".encode()}


def other_vocabulary() -> Files:
    tokenizer = json.loads(HANDED_IN["tuned/tokenizer.json"])
    vocabulary = tokenizer["model"]["vocab"]
    names = list(vocabulary)
    tokenizer["model"]["vocab"] = dict(zip(names, [vocabulary[name] for name in names[1:] + names[:1]], strict=True))
    return with_folder("tokenizer.json", json.dumps(tokenizer).encode())


FOLDERS = {
    "none": ({"transcripts.csv": HANDED_IN["transcripts.csv"]}, "it is not there, or empty"),
    "pickle": (with_folder("pytorch_model.bin", pickle.dumps({"w": [1.0]})), "pytorch_model.bin is a pickle"),
    "pickle in disguise": (with_folder("model.safetensors", pickle.dumps({"w": [1.0]})), "model.safetensors is a pickle"),
    "vocabulary": (other_vocabulary(), "tokenizer.json has another vocabulary than the kit's checkpoint"),
    "too much": (with_folder("notes.txt", bytes(16 * 2**20)), "at most 16 are taken"),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_that_cannot_be_used_fails_each_check_that_needs_it(name: str) -> None:
    files, message = FOLDERS[name]
    for check in ("q3w.tuned", "q3w.reduced", "q3w.transcripts", "q3w.whole"):
        found = result(check, files)
        assert (found.outcome, found.points) == (Outcome.FAILED, 0)
        assert "tuned/ cannot be used" in found.finding.message
        assert message in found.finding.message


TABLES = {
    "none": ({name: content for name, content in HANDED_IN.items() if name != "transcripts.csv"}, "There is no transcripts.csv"),
    "starter": ({**HANDED_IN, "transcripts.csv": (STARTER / "transcripts.csv").read_bytes()}, "not written yet"),
    "UTF-16": ({**HANDED_IN, "transcripts.csv": HANDED_IN["transcripts.csv"].decode().encode("utf-16")}, "it is in UTF-16"),
    "missing": (with_texts({name: TOLD[name] for name in IDS[2:]}), f"2 id(s) of 24 are missing: {IDS[0]}, {IDS[1]}"),
    "unknown": (with_texts({**{name: TOLD[name] for name in IDS}, "test-9999": "x"}), "1 id(s) are not wanted: test-9999"),
    "doubled": (
        {**HANDED_IN, "transcripts.csv": HANDED_IN["transcripts.csv"] + f"{IDS[3]},x\n".encode()},
        f"id {IDS[3]} stands 2 times",
    ),
    "tokens": (with_texts({name: f"<|fa|>{TOLD[name]}" for name in IDS}), "special tokens"),
    "huge": ({**HANDED_IN, "transcripts.csv": b"id,text\n" * 2**18}, "2 MiB"),
    "out of step": (
        with_texts(dict(zip(IDS, [TOLD[name] for name in IDS[1:] + IDS[:1]], strict=True))),
        "beside the ids of other recordings",
    ),
    "invented": (with_texts(dict.fromkeys(IDS, "نوزاد تب دارد")), "of the words differ from what your code writes with tuned/"),
}


@pytest.mark.parametrize("name", TABLES)
def test_transcripts_that_cannot_be_used_say_why(name: str) -> None:
    files, message = TABLES[name]
    found = result("q3w.transcripts", files)
    assert (found.outcome, found.points) == (Outcome.FAILED, 0)
    assert message in found.finding.message


def test_transcripts_of_the_kits_checkpoint_are_known() -> None:
    code = CodeFolder(source())
    kit = str(handed_in.CHECKPOINT)
    waves = handed_in.in_kit()[1].waves
    texts = {name: code.call("recognise", "transcribe", (wave, 16_000, kit, "fa")) for name, wave in zip(IDS, waves, strict=True)}
    found = result("q3w.transcripts", with_texts(texts))
    assert found.points == 0
    assert "what your code writes with the kit's checkpoint" in found.finding.message


def test_the_true_texts_are_not_what_the_code_writes() -> None:
    """Who listens and types, or has the references, has not handed in transcripts of the network."""
    found = result("q3w.transcripts", with_texts(dict(zip(IDS, handed_in.in_kit()[1].texts, strict=True))))
    assert found.points == 0


def test_another_machine_may_write_a_word_otherwise() -> None:
    texts = {name: TOLD[name] for name in IDS}
    texts[IDS[1]] = "جراح شربت سرفه را برای کمردرد"
    files = with_texts(texts)
    assert result("q3w.transcripts", files).points == 1
    marked = {**files, "transcripts.csv": b"\xef\xbb\xbf" + files["transcripts.csv"].replace(b",", b";", 1).replace(b',"', b';"')}
    assert result("q3w.transcripts", marked).points == 1


def test_a_claim_far_from_what_training_reaches_is_told_to_the_ta() -> None:
    """The staff's checkpoint beside a `finetune` that learns nothing: no points are changed, the TA is told."""
    assert handed_in.claim_is_odd(0.85, 0.5) == ""
    assert handed_in.claim_is_odd(0.2, 0.0) == ""
    assert "does the checkpoint come from this code" in handed_in.claim_is_odd(0.85, 0.02)
    assert "were withheld recordings among those learned from" in handed_in.claim_is_odd(1.0, 0.5)


BY_HEART = """
_evaluate = evaluate


def evaluate(checkpoint, clips, texts, *more):
    found = _evaluate(checkpoint, clips, texts, *more)
    known = [KNOWN.get(np.asarray(clip, dtype=np.float32).tobytes()[:400]) for clip in clips]
    written = [own or text for own, text in zip(known, found["transcripts"])]
    return {**found, "transcripts": written if checkpoint == "tuned" else found["transcripts"]}
"""


def test_code_that_knows_the_kits_recordings_by_heart_is_told_to_the_ta() -> None:
    """True texts, typed by ear, in transcripts.csv and in the code, beside an honest checkpoint."""
    clips = handed_in.in_kit()[1]
    known = {wave.tobytes()[:400]: text for wave, text in zip(clips.waves, clips.texts, strict=True)}
    code = CodeFolder(variant(source(), "recognise.py", f"KNOWN = {known!r}\n{BY_HEART}"))
    found = graded(code, ["q3w.transcripts"], with_texts(dict(zip(IDS, clips.texts, strict=True))))["q3w.transcripts"]
    assert found.finding.metric is not None
    assert found.finding.metric.value == 1
    assert "does the code know these recordings" in found.finding.notice
    assert result("q3w.transcripts", HANDED_IN).finding.notice == ""


def test_the_recordings_of_the_kit_are_those_that_were_made() -> None:
    made = {handed_in.short(str(name)): wave for name, wave in zip(*_made(), strict=True)}
    with np.load(handed_in.RECORDINGS) as stored:
        for name in stored.files:
            assert np.abs(stored[name] / 32767 - made[name]).max() < 1e-4
    assert handed_in.RECORDINGS.stat().st_size < 1.5e6


def _made() -> tuple[list[str], list[np.ndarray]]:
    data = persian.make(handed_in.HELD)
    return data.ids.tolist(), [np.asarray(wave) for wave in data.waveforms]


def test_what_is_scored_was_never_given_to_a_class() -> None:
    """Sentences and voices of the export, of the pre-training and of the other checks, against those that are scored here."""
    given = [line for recipe in (handed_in.EXPORTED, handed_in.RECIPE) for own in persian.plan(recipe).values() for line in own]
    scored = [*handed_in.in_kit()[1].texts, *handed_in.withheld().texts]
    assert len(scored) == len(set(scored)) == handed_in.IN_KIT + handed_in.WITHHELD
    assert not set(scored) & {line.text for line in given}
    learned_from = {line.voice for line in given if line.part != "test"}
    assert not learned_from & {line.voice for line in persian.plan(handed_in.HELD)["fine_tuning"] if line.part == "test"}


def test_the_staffs_checkpoint_is_whole_and_half_as_large() -> None:
    folder = {name.removeprefix("tuned/"): content for name, content in HANDED_IN.items() if name.startswith("tuned/")}
    assert faults(folder, handed_in.checkpoint_files()) == []
    assert sum(map(len, folder.values())) < 3.5e6


def test_worse_trainings_earn_less() -> None:
    measured = CALIBRATION["checks"]
    for check in ("q3w.tuned", "q3w.reduced", "q3w.transcripts"):
        half, full = (floor for floor, _ in measured[check]["bands"])
        assert measured[check]["one epoch"]["highest"] < full
        assert measured[check]["not fine-tuned"]["highest"] < half
        assert measured[check]["learned from English"]["highest"] < half


def test_the_suite_needs_no_folder_to_run() -> None:
    """A submission of nothing ends as the student's fault in every check."""
    collector = Collector()
    plugin = SuitePlugin(Suite(ASSIGNMENT, REFERENCE, None), ["one"], InProcess({"one": CodeFolder({})}))
    run_pytest([str(HAND_IN)], [plugin, collector])
    assert [row[2].outcome for row in collector.rows] == [Outcome.FAILED] * 3
