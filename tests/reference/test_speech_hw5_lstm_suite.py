"""Question 4 of speech HW5 and its bonus on known code: the reference earns everything, the starter nothing, mistakes are named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from graders.kit.assignment import load
from graders.kit.loading import CodeFolder, variant
from graders.kit.mistakes import load as load_mistakes
from graders.kit.outcome import CheckResult, Outcome
from graders.kit.plugin import Suite, SuitePlugin
from graders.kit.run import Collector, run_pytest
from graders.speech_hw5 import sequences
from graders.speech_hw5.sequences import claim_is_odd
from seeds.choice import active

from .provider import InProcess

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load(ROOT / "assignments" / "speech_hw5")
REFERENCE = ROOT / "reference" / "speech_hw5"
STARTER = ROOT / "assignments" / "speech_hw5" / "starter"
MISTAKES = ROOT / "graders" / "speech_hw5" / "mistakes"
CALIBRATION = json.loads((ROOT / "graders" / "speech_hw5" / "calibration_lstm.json").read_text(encoding="utf-8"))
SUITES = (
    ROOT / "assignments" / "speech_hw5" / "checks" / "test_lstm.py",
    ROOT / "graders" / "speech_hw5" / "test_lstm.py",
    ROOT / "graders" / "speech_hw5" / "test_lstm_bonus.py",
)
CHECKS = [spec.id for question in ASSIGNMENT.questions if question.id in ("q4", "q5") for spec in question.checks]
KNOWN = {mistake.name: mistake for mistake in load_mistakes(MISTAKES, REFERENCE).known if mistake.file == "lstm"}
# Where each mistake is caught and named. One check for each keeps the test short; the demo runs all of them on each.
CAUGHT = {
    "q4.layers": ("second_bias_counted",),
    "q4.mfcc": (
        *("hop_of_ten_ms", "hop_quarter_of_frame", "coefficients_first", "frames_centred", "rate_taken_for_22050"),
        *("mel_bands_by_default", "first_coefficient_dropped"),
    ),
    "q4.means": ("mean_over_coefficients", "average_as_one_step"),
    "q4.standardize": (
        *("other_by_its_own_statistics", "statistics_of_both_parts", "statistics_of_each_step", "each_track_by_itself"),
    ),
    "q4.split": ("tracks_split_at_random",),
    "q4.predict": ("dropout_at_predict", "batch_taken_for_time", "softmax_twice", "accuracy_in_percent"),
    "q4.time": ("steps_over_coefficients", "frames_averaged_first", "mean_over_outputs", "first_step_taken"),
    "q4.curves": (
        *("dropout_in_validation", "dropout_left_out", "validated_on_training_tracks", "best_epoch_kept"),
        "loss_of_batches_summed",
    ),
    "q4.fresh": ("warm_start", "seed_ignored", "folder_ignored"),
    "q4.order": ("not_shuffled",),
    "q5.parameters": (
        *("second_bias_in_the_formula", "three_gates", "state_weights_left_out", "both_ways_counted_once"),
        *("one_wide_layer_thought_smaller", "second_layer_fed_by_the_input"),
    ),
    "q5.layers": ("wider_next_layer_forgotten", "halves_summed", "forward_half_only"),
    "q5.both_ways": ("backward_half_at_its_start",),
    "q5.compare": ("p_value_one_sided", "one_share_taken_for_certain", "pairs_ignored"),
}


def graded(code: CodeFolder, checks: list[str]) -> dict[str, CheckResult]:
    """Those checks on one submission, without looking for mistakes."""
    return {check: result for _, check, result in rows({"one": code}, checks, None)}


def rows(codes: Mapping[str, CodeFolder], checks: list[str], mistakes: Path | None) -> list[tuple[str, str, CheckResult]]:
    """Those checks on those submissions: submission, check, result."""
    found = []
    for suite in SUITES:
        functions = [check.partition(".")[2] for check in checks if suite_of(check) == suite]
        if not functions:
            continue
        collector = Collector()
        plugin = SuitePlugin(Suite(ASSIGNMENT, REFERENCE, mistakes), list(codes), InProcess(codes))
        run_pytest([f"{suite}::test_{function}" for function in functions], [plugin, collector])
        assert not collector.broken, collector.broken[0]
        found += [(name, result.check, result) for name, _, result in collector.rows]
    assert len(found) == len(checks) * len(codes)
    assert not [result for _, _, result in found if result.outcome is Outcome.UNGRADED]
    return found


def suite_of(check: str) -> Path:
    """The suite that holds a check."""
    if check in ("q4.table", "q4.frames", "q4.rows", "q4.first_training", "q5.sizes"):
        return SUITES[0]
    return SUITES[1] if check.startswith("q4") else SUITES[2]


@cache
def source() -> dict[str, str]:
    return {"lstm.py": (REFERENCE / "lstm.py").read_text(encoding="utf-8")}


@pytest.fixture(autouse=True)
def _weights_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """A submission runs in its own folder, where its weights are."""
    monkeypatch.chdir(REFERENCE)


def test_points_add_up() -> None:
    points = {question.id: (question.automatic_points, question.rubric_points) for question in ASSIGNMENT.questions}
    assert (points["q4"], points["q5"]) == ((22.0, 8.0), (13.0, 7.0))
    assert {question.id for question in ASSIGNMENT.questions if question.bonus} == {"q5"}


def test_the_reference_earns_everything() -> None:
    for result in graded(CodeFolder(source()), CHECKS).values():
        assert result.points == result.max_points, result
        assert not result.finding.notice, result


def test_the_starter_earns_nothing() -> None:
    for result in graded(CodeFolder({"lstm.py": (STARTER / "lstm.py").read_text(encoding="utf-8")}), CHECKS).values():
        assert result.points == 0, result
        assert "not written yet" in result.finding.message


@pytest.mark.parametrize("check", CAUGHT)
def test_each_mistake_loses_points_and_is_named(check: str) -> None:
    codes = {name: CodeFolder({"lstm.py": KNOWN[name].sources["lstm.py"]}) for name in CAUGHT[check]}
    for name, _, result in rows(codes, [check], MISTAKES):
        assert result.points < result.max_points, name
        assert result.finding.mistake == name, result.finding
        assert result.finding.lesson == KNOWN[name].lesson


def test_every_mistake_is_caught_somewhere() -> None:
    assert sorted(name for names in CAUGHT.values() for name in names) == sorted(KNOWN)


def test_other_starts_and_curves_as_arrays_earn_everything() -> None:
    """PyTorch's own initialisation, arrays for lists, tuples for shapes, single precision."""
    text = """
_lstm, _train, _layers, _mfcc_sequence, _standardize = lstm, train, layers, mfcc_sequence, standardize


def lstm(width, units, both_ways):
    layer = nn.LSTM(width, units, batch_first=True, bidirectional=both_ways)
    for name, value in layer.named_parameters():
        if name.startswith("bias_hh"):
            nn.init.zeros_(value)
            value.requires_grad_(False)
    return layer


def train(*given, **how):
    return {name: np.float32(curve) for name, curve in _train(*given, **how).items()} | {"seconds": 1.0}


def layers(*given):
    return tuple({**row, "shape": tuple(row["shape"]), "name": "x"} for row in _layers(*given))


def mfcc_sequence(signal, sample_rate):
    return np.float32(_mfcc_sequence(signal, sample_rate))


def standardize(train, other):
    return [np.float32(part) for part in _standardize(train, other)]
"""
    checks = [
        "q4.table",
        "q4.first_training",
        "q4.layers",
        "q4.mfcc",
        "q4.standardize",
        "q4.time",
        "q4.curves",
        "q4.fresh",
        "q4.order",
    ]
    checks += ["q5.layers", "q5.both_ways"]
    for result in graded(CodeFolder(variant(source(), "lstm.py", text)), checks).values():
        assert result.points == result.max_points, result


def test_claims_that_training_does_not_bear_out_are_odd() -> None:
    trainings = CALIBRATION["checks"]["q4.claimed"]["trainings"]
    small = float(np.mean(CALIBRATION["checks"]["q4.retrained"]["accuracy"]["reference"]))
    for values in trainings["test"].values():
        assert not any(claim_is_odd(value, small) for value in values)
    assert "withheld artists" in claim_is_odd(0.9, small)
    assert "from this code" in claim_is_odd(0.1, small)
    assert "from this code" in claim_is_odd(max(trainings["test"]["lstm_64_64"]), 0.1)


def test_the_bands_are_the_calibrated_ones() -> None:
    assert CALIBRATION["data"]["fingerprint"] == active("genres").fingerprint, "run benchmarks.tasks.calibrate_speech_hw5_lstm"
    for check in ("q4.retrained", "q4.claimed"):
        measured = CALIBRATION["checks"][check]
        assert [[band.floor, band.share] for band in ASSIGNMENT.check(check).bands] == measured["bands"]
        assert min(measured["accuracy"]["reference"]) > measured["bands"][-1][0] + 0.02
    for check in ("q4.order", "q5.start", "q5.start.128"):
        assert min(CALIBRATION["checks"][check]["accuracy"]["reference"]) > 0.9
    leaning = CALIBRATION["checks"]["q4.order, alike"]["accuracy"]
    assert max(leaning["reference"]) < 0.75 and min(leaning["not_shuffled"]) > 0.95
    heard = CALIBRATION["checks"]["q4.time"]["first_frame_over_last"]
    assert max(heard["lstm_64_64"] + heard["lstm_128"]) < 0.02
    assert min(heard["bilstm_64_64"] + heard["bilstm_128"]) > 0.4


def test_another_copy_of_the_music_is_as_hard_as_the_reference_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded tracks taken for a real copy: as hard as at calibration, but for the seeds."""
    assert sequences.difficulty() == 1.0
    genres = active("genres")
    monkeypatch.setattr(sequences, "active", lambda name: replace(genres, provenance={"source": "GTZAN"}))
    sequences.difficulty.cache_clear()
    try:
        assert 0.9 < sequences.difficulty() < 1.1 and sequences.difficulty() != 1.0
    finally:
        sequences.difficulty.cache_clear()


JUNK = (None, "text", [[1.0], [1.0, 2.0]], {"loss": [1.0]})
NAMES = (
    *("mfcc_sequence", "time_mean", "coefficients_as_steps", "standardize", "split", "layers", "train", "predict", "classify"),
    *("lstm_parameters", "wide_minus_stacked", "compare_counts", "compare"),
)


@pytest.mark.parametrize("value", JUNK, ids=repr)
def test_answers_of_any_kind_are_the_students_fault(value: object) -> None:
    """A check that trips over an odd answer would end as ungraded, which `graded` refuses."""
    text = "".join(f"def {name}(*args, **kwargs):\n    return {value!r}\n\n\n" for name in NAMES)
    assert all(result.points == 0 for result in graded(CodeFolder({"lstm.py": text}), CHECKS).values())


@pytest.mark.parametrize("name", ("predict", "classify", "split"))
def test_one_odd_function_among_right_ones(name: str) -> None:
    checks = {"predict": ["q4.predict", "q4.curves", "q4.fresh"], "classify": ["q4.claimed"], "split": ["q4.split"]}[name]
    text = f"def {name}(*args, **kwargs):\n    return [[0.5] * 10]\n"
    assert all(result.points == 0 for result in graded(CodeFolder(variant(source(), "lstm.py", text)), checks).values())
