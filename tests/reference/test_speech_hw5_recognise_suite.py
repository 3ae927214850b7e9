"""Question 3's Whisper on known code: the reference and another right file earn everything, the starter nothing, mistakes are named."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch

from graders.kit.assignment import Question, load
from graders.kit.loading import CodeFolder, variant
from graders.kit.mistakes import load as load_mistakes
from graders.kit.outcome import CheckResult, Outcome
from graders.kit.plugin import Suite, SuitePlugin
from graders.kit.proxy import Backend
from graders.kit.run import Collector, run_pytest
from graders.speech_hw5 import handed_in, speech

from .provider import InProcess

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load(ROOT / "assignments" / "speech_hw5")
QUESTION = next(question for question in ASSIGNMENT.questions if question.id == "q3w")
REFERENCE = ROOT / "reference" / "speech_hw5"
STARTER = ROOT / "assignments" / "speech_hw5" / "starter"
MISTAKES = ROOT / "graders" / "speech_hw5" / "mistakes"
CALIBRATION = json.loads((ROOT / "graders" / "speech_hw5" / "calibration_whisper.json").read_text(encoding="utf-8"))
PUBLIC = ROOT / "assignments" / "speech_hw5" / "checks" / "test_whisper.py"
HIDDEN = ROOT / "graders" / "speech_hw5" / "test_whisper.py"
HAND_IN = ROOT / "graders" / "speech_hw5" / "test_whisper_hand_in.py"
CHECKS = [spec.id for spec in QUESTION.checks]
KNOWN = {mistake.name: mistake for mistake in load_mistakes(MISTAKES, REFERENCE).known if mistake.file == "recognise"}
# Where each mistake is caught and named. One check for each keeps the test short; the demo runs all of them on each.
CAUGHT = {
    "q3w.transcribe": ("language_not_fixed", "special_tokens_kept"),
    "q3w.rates": ("rate_ignored", "first_channel_only"),
    "q3w.long": ("cut_at_the_window", "cut_in_words", "silence_written_down"),
    "q3w.language": ("english_by_default", "scores_for_probabilities"),
    "q3w.translate": ("task_not_passed",),
    "q3w.rows": ("start_token_in_labels", "end_left_out", "minus_100_decoded"),
    "q3w.evaluate": ("mean_of_utterances", "not_normalised", "last_batch_dropped"),
    "q3w.loss": ("padding_in_the_loss", "validation_learned_too", "another_way_in_training"),
    "q3w.best": ("last_epoch_kept", "best_by_training_loss"),
    "q3w.gain": ("shared_network_trained",),
    "q3w.sentences": ("sentences_in_two_parts", "validation_of_the_whole", "equal_texts_only", "overlaps_not_normalised"),
}
HAND_IN_CAUGHT = {
    "q3w.tuned": ("cut_short",),
    "q3w.reduced": ("first_checkpoint_for_all",),
    "q3w.transcripts": ("sampled",),
}
# What `q3w.labels` and its sisters are failed by: a public check has no mistakes to name.
PUBLIC_CAUGHT = {
    "q3w.labels": ("padding_in_the_loss", "minus_100_decoded", "start_token_in_labels", "end_left_out"),
    "q3w.examples": ("special_tokens_kept", "task_not_passed"),
    "q3w.pairs": ("equal_texts_only", "overlaps_not_normalised", "sentences_in_two_parts", "validation_of_the_whole"),
    "q3w.whole": ("first_checkpoint_for_all", "special_tokens_kept", "cut_short"),
}


HANDED_IN = {path.relative_to(REFERENCE).as_posix(): path.read_bytes() for path in sorted((REFERENCE / "tuned").iterdir())}
HANDED_IN["transcripts.csv"] = (REFERENCE / "transcripts.csv").read_bytes()


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Submissions run in the folder of what they hand in."""
    monkeypatch.chdir(REFERENCE)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def graded(code: CodeFolder, checks: list[str], files: Mapping[str, bytes] = HANDED_IN) -> dict[str, CheckResult]:
    """Those checks on one submission, without looking for mistakes."""
    return {check: result for _, check, result in rows({"one": code}, checks, None, files)}


def rows(
    codes: Mapping[str, CodeFolder], checks: list[str], mistakes: Path | None, files: Mapping[str, bytes] = HANDED_IN
) -> list[tuple[str, str, CheckResult]]:
    """Those checks on those submissions: submission, check, result."""
    found = []
    for suite, own in ((PUBLIC, PUBLIC_CAUGHT), (HIDDEN, CAUGHT), (HAND_IN, HAND_IN_CAUGHT)):
        functions = [check.partition(".")[2] for check in checks if check in own]
        if not functions:
            continue
        collector = Collector()
        plugin = SuitePlugin(Suite(ASSIGNMENT, REFERENCE, mistakes), list(codes), InProcess(codes, files))
        run_pytest([f"{suite}::test_{function}" for function in functions], [plugin, collector])
        assert not collector.broken, collector.broken[0]
        found += [(name, result.check, result) for name, _, result in collector.rows]
    assert len(found) == len(checks) * len(codes)
    assert not [result for _, _, result in found if result.outcome is Outcome.UNGRADED]
    return found


@cache
def source() -> dict[str, str]:
    return {name: (REFERENCE / name).read_text(encoding="utf-8") for name in QUESTION.files if name.endswith(".py")}


def test_points_add_up() -> None:
    assert (QUESTION.automatic_points, QUESTION.rubric_points) == (13.0, 7.0)
    first = next(question for question in ASSIGNMENT.questions if question.id == "q3")
    assert first.automatic_points + first.rubric_points == 10.0
    assert sorted(CHECKS) == sorted([*CAUGHT, *HAND_IN_CAUGHT, *PUBLIC_CAUGHT])
    assert sorted(KNOWN) == sorted(name for names in (*CAUGHT.values(), *HAND_IN_CAUGHT.values()) for name in names)


def test_the_reference_earns_everything() -> None:
    for result in graded(CodeFolder(source()), CHECKS).values():
        assert result.points == result.max_points, result


def test_kinds_of_errors_are_told_in_numbers_alone() -> None:
    sides = (["یک دو سه", "چهار پنج"], ["یک دو شش", "چهار پنج هفت هشت"], "fa"), (["我看书"], ["看书"], "zh")
    assert speech.kinds(*sides) == "Of 8 words 1 are substituted, 1 deleted, and 2 inserted, Chinese by characters."
    message = graded(CodeFolder(source()), ["q3w.translate"])["q3w.translate"].finding.message
    assert "95 % interval" in message and re.search(r"Of \d+ words \d+ are substituted", message)


def test_the_starter_earns_nothing() -> None:
    starter = {name: (STARTER / name).read_text(encoding="utf-8") for name in QUESTION.files if name.endswith(".py")}
    written = {"transcripts.csv": (STARTER / "transcripts.csv").read_bytes()}
    for check, result in graded(CodeFolder(starter), CHECKS, written).items():
        assert result.points == 0, result
        missing = check == "q3w.whole" or check in HAND_IN_CAUGHT
        assert ("it is not there, or empty" if missing else "not written yet") in result.finding.message


@pytest.mark.parametrize("check", [*CAUGHT, *HAND_IN_CAUGHT])
def test_each_mistake_loses_points_and_is_named(check: str) -> None:
    for name, _, result in rows({name: KNOWN[name].code for name in (CAUGHT | HAND_IN_CAUGHT)[check]}, [check], MISTAKES):
        assert result.points < result.max_points, name
        assert result.finding.mistake == name, result.finding


@pytest.mark.parametrize("check", PUBLIC_CAUGHT)
def test_public_checks_see_mistakes(check: str) -> None:
    for name, _, result in rows({name: KNOWN[name].code for name in PUBLIC_CAUGHT[check]}, [check], None):
        assert result.points == 0, name


def test_another_right_way_earns_everything() -> None:
    """transformers' own loss, one clip at a time, a constant rate, SciPy's resampling, answers in NumPy's types."""
    text = """
import tempfile

from scipy.signal import resample_poly


def prepare(audio, sample_rate, wanted):
    samples = np.asarray(audio, dtype=np.float32)
    samples = samples.mean(axis=-1) if samples.ndim > 1 else samples
    common = math.gcd(sample_rate, wanted)
    return resample_poly(samples, wanted // common, sample_rate // common).astype(np.float32)


def log_mel(pieces, extractor):
    return torch.cat([extractor(piece, sampling_rate=16_000, return_tensors="pt").input_features for piece in pieces])


_write = write


def write(network, tokenizer, frames, language, task="transcribe"):
    return [text for block in frames.split(1) for text in _write(network, tokenizer, block, language, task)]


def loss_of(network, frames, labels):
    return network(input_features=frames, labels=labels).loss


def share_of_rate(step, steps):
    return 1.0


_detect_language, _finetune, _split = detect_language, finetune, split


def detect_language(*given):
    return {code: np.float64(value) for code, value in _detect_language(*given).items()}


def finetune(*given, **how):
    found = _finetune(*given, **how)
    return {
        "loss": np.float32(found["loss"]),
        "validation_wer": tuple(found["validation_wer"]),
        "best_epoch": np.int64(found["best_epoch"]),
        "seconds": 1.0,
    }
"""
    code = CodeFolder(variant(source(), "recognise.py", text))
    for result in graded(code, [check for check in CHECKS if check not in ("q3w.rows", "q3w.sentences")]).values():
        assert result.points == result.max_points, result


# It learns nothing and hears nothing: it keeps every text that it is ever given beside a recording, and writes those down.
COPYIST = """
_evaluate, _load, _hear = evaluate, load, hear
_told = {}


def _remember(clips, texts):
    _told.update((np.asarray(clip, dtype=np.float32).tobytes(), text) for clip, text in zip(clips, texts))


def hear(clips, *given):
    written = _hear(clips, *given)
    return [_told.get(np.asarray(clip, dtype=np.float32).tobytes(), text) for clip, text in zip(clips, written)]


def evaluate(checkpoint, clips, texts, sample_rate=16_000, language="fa"):
    if not str(checkpoint).endswith("whisper"):
        _remember(clips, texts)
    return _evaluate(checkpoint, clips, texts, sample_rate, language)


def finetune(clips, texts, others, more, checkpoint, folder, *, epochs, **how):
    _remember([*clips, *others], [*texts, *more])
    save(folder, parts_of(checkpoint))
    return {"loss": [1.0] * epochs, "validation_wer": [0.0] * epochs, "best_epoch": 1}
"""


def test_texts_that_were_given_are_worth_nothing() -> None:
    found = graded(CodeFolder(variant(source(), "recognise.py", COPYIST)), ["q3w.gain"])["q3w.gain"]
    assert found.points == 0, found
    told = variant(source(), "recognise.py", COPYIST.replace('str(checkpoint).endswith("whisper")', "False"))
    found = graded(CodeFolder(told), ["q3w.evaluate"])["q3w.evaluate"]
    assert found.points == 0, found
    assert "the very texts" in found.finding.message


# It writes nonsense with the kit's checkpoint, so that whatever comes afterwards is a gain. It learns nothing.
SABOTEUR = """
_hear, _parts_of = hear, parts_of


def parts_of(checkpoint):
    return (*_parts_of(checkpoint), str(checkpoint).endswith("whisper"))


def hear(clips, sample_rate, parts, *given):
    *own, first = parts
    return ["نه " * 60] * len(clips) if first else _hear(clips, sample_rate, own, *given)


def finetune(clips, texts, others, more, checkpoint, folder, *, epochs, **how):
    save(folder, _parts_of(checkpoint))
    return {"loss": [1.0] * epochs, "validation_wer": [0.0] * epochs, "best_epoch": 1}
"""


def test_nonsense_before_is_no_gain_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = CodeFolder(variant(source(), "recognise.py", SABOTEUR))
    shutil.copytree(speech.CHECKPOINT, tmp_path / "tuned", ignore=shutil.ignore_patterns("*.npz"))
    monkeypatch.chdir(tmp_path)
    kit = {f"tuned/{name}": content for name, content in speech.checkpoint_files().items()}
    for check, result in graded(code, ["q3w.gain", "q3w.reduced"], kit).items():
        assert result.points == 0, check
        assert "takes away: 0.000" in result.finding.message or "takes away: -" in result.finding.message


def test_no_text_of_a_scored_recording_ever_reaches_a_submission() -> None:
    """All texts that the hidden checks hand to a submission, against all that they score it by."""
    told: set[str] = set()

    def plain(text: str) -> str:
        return str(speech.CODE.call("normalize", "normalize", (text,)))

    def note(value: object) -> None:
        if isinstance(value, str):
            told.add(plain(value))
        elif isinstance(value, list | tuple):
            for one in value:
                note(one)

    class Overheard(InProcess):
        """A submission whose every argument is noted."""

        def backend(self, student: str, question: Question) -> Backend:
            direct = self.direct[student]

            class Noting:
                scratch = direct.scratch

                def call(self, module: str, function: str, args: tuple[Any, ...], kwargs: Any, **how: Any) -> Any:
                    note(args)
                    return direct.call(module, function, args, kwargs, **how)

            return Noting()

    plugin = SuitePlugin(Suite(ASSIGNMENT, REFERENCE, None), ["one"], Overheard({"one": CodeFolder(source())}, HANDED_IN))
    run_pytest([str(HIDDEN), str(HAND_IN)], [plugin, Collector()])
    withheld = [*(speech.everyday(language) for language in ("fa", "en", "zh")), speech.prescriptions().test]
    withheld += [handed_in.withheld(), handed_in.in_kit()[1]]
    scored = {plain(text) for clips in withheld for text in clips.texts}
    assert len(told) > 100 and len(scored) > 90
    assert not told & scored


JUNK = (None, "text", [[1.0], [1.0, 2.0]], {"loss": [1.0], "wer": "x", "transcripts": [3], "train": None})
NAMES = (
    *("transcribe", "detect_language", "translate", "make_labels", "read_labels", "evaluate", "finetune", "split", "overlaps"),
)


@pytest.mark.parametrize("value", JUNK, ids=repr)
def test_answers_of_any_kind_are_the_students_fault(value: object) -> None:
    """A check that trips over an odd answer would end as ungraded, which `graded` refuses."""
    text = "".join(f"def {name}(*args, **kwargs):\n    return {value!r}\n\n\n" for name in NAMES)
    sources = {**source(), "recognise.py": text}
    assert all(result.points == 0 for result in graded(CodeFolder(sources), CHECKS).values())


def test_the_bands_are_the_calibrated_ones() -> None:
    for check, measured in CALIBRATION["checks"].items():
        assert [[band.floor, band.share] for band in ASSIGNMENT.check(check).bands] == measured["bands"]
        assert measured["reference"]["lowest"] >= measured["bands"][-1][0]
    for curve in CALIBRATION["q3w.best"]["validation_wer"]:
        assert min(curve) == curve[0] < curve[-1]  # texts of other recordings make it worse, so the last epoch is not the best


def test_the_checks_play_what_was_calibrated() -> None:
    assert CALIBRATION["data"]["recipe"] == str(speech.RECIPE), "run benchmarks.tasks.calibrate_speech_hw5_whisper"
    lesson = speech.prescriptions()
    voices = [set(part.voices) for part in (lesson.train, lesson.validation, lesson.test)]
    assert not (voices[0] & voices[2] or voices[1] & voices[2] or voices[0] & voices[1])
    assert not set(lesson.train.texts) & set(lesson.test.texts)
    assert all(len(speech.everyday(language)) >= 9 for language in ("fa", "en", "zh"))
