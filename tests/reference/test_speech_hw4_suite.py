"""Speech HW4's checks on known code: the reference and its rewrites earn everything, the starter nothing, each mistake is named."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from graders.kit.assignment import load
from graders.kit.loading import CodeFolder, variant
from graders.kit.mistakes import load as load_mistakes
from graders.kit.outcome import CheckResult, Outcome
from graders.kit.plugin import Suite, SuitePlugin
from graders.kit.run import Collector, run_pytest
from seeds.datasets import digits

from .provider import InProcess

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load(ROOT / "assignments" / "speech_hw4")
REFERENCE = ROOT / "reference" / "speech_hw4"
MISTAKES = ROOT / "graders" / "speech_hw4" / "mistakes"
STARTER = ROOT / "assignments" / "speech_hw4" / "starter"
SUITES = (ROOT / "assignments" / "speech_hw4" / "checks", ROOT / "graders" / "speech_hw4")
QUESTION = next(question for question in ASSIGNMENT.questions if question.id == "q2")
FILES = ("features", "mlp")
KNOWN = {
    f"{mistake.file}__{mistake.name}": mistake for mistake in load_mistakes(MISTAKES, REFERENCE).known if mistake.file in FILES
}

FLOAT32 = {
    "features.py": """
_parts = {name: globals()[name] for name in ("mfcc", "delta", "features", "flatten", "time_mean")}


def mfcc(signal, sample_rate):
    return np.float32(_parts["mfcc"](np.float32(signal), sample_rate))


def delta(features):
    return np.float32(_parts["delta"](np.float32(features)))


def flatten(clips, n_frames):
    return np.float32(_parts["flatten"](clips, n_frames))


def time_mean(clips):
    return np.float32(_parts["time_mean"](clips))


def standardize(train, other):
    train, other = np.float32(train), np.float32(other)
    mean, std = train.mean(axis=0), train.std(axis=0)
    std[std == 0] = 1
    return (train - mean) / std, (other - mean) / std
""",
    "mlp.py": """
_initialize, _softmax, _targets = initialize, softmax, targets


def bipolar(z):
    with np.errstate(over="ignore"):
        return np.float32(2) / (1 + np.exp(-np.float32(z))) - np.float32(1)


def relu(z):
    return np.float32(z) * (np.float32(z) > 0)


def initialize(sizes, activation, seed):
    # uniform weights of the same deviation, in the old generator's order
    rng = np.random.RandomState(seed)
    reach = [np.sqrt(3) * weight_scale(n_in, n_out, activation) for n_in, n_out in zip(sizes, sizes[1:])]
    shapes = zip(sizes, sizes[1:])
    return [
        {"W": np.float32(rng.uniform(-r, r, size=shape)), "b": np.zeros(shape[1], dtype=np.float32)}
        for r, shape in zip(reach, shapes)
    ]


def targets(labels, n_classes, activation):
    return np.float32(_targets(labels, n_classes, activation))


def forward(params, x, activation):
    zs, outputs = [], []
    a = np.float32(x)
    for number, layer in enumerate(params, start=1):
        z = np.einsum("i,ij->j", a, np.float32(layer["W"])) + np.float32(layer["b"])
        a = np.float32(activate(z, activation, number == len(params)))
        zs.append(z)
        outputs.append(a)
    return {"z": tuple(zs), "a": tuple(outputs)}


def sgd_step(params, x, target, activation, learning_rate):
    found = gradients(params, x, target, activation)
    return [{name: np.float32(layer[name] - learning_rate * slope[name]) for name in layer} for layer, slope in zip(params, found)]


def train(inputs, labels, design, activation, epochs, learning_rate, seed):
    # another order of the samples, allocation in every step, and curves as arrays measured by another formula
    params = initialize(layer_sizes(inputs.shape[1], 10, design), activation, seed)
    order = np.random.RandomState(seed + 17)
    wanted = targets(labels, 10, activation)
    errors, hits = np.zeros(epochs), np.zeros(epochs)
    for epoch in range(epochs):
        for i in np.argsort(order.uniform(size=len(labels))):
            output = forward(params, inputs[i], activation)["a"][-1]
            errors[epoch] += ((output - wanted[i]) ** 2).sum() / (10 * len(labels))
            hits[epoch] += (np.argmax(output) == labels[i]) / len(labels)
            params = sgd_step(params, inputs[i], wanted[i], activation, learning_rate)
    return {"params": params, "mse": errors, "accuracy": hits, "epochs": epochs}
""",
}


def graded(
    code: CodeFolder, answers: Path | None = REFERENCE / "answers.toml", *, training: bool = True
) -> dict[str, CheckResult]:
    """Every check of question 2 on this code; without `training`, not those on real training, which take most of the time."""
    choice = [] if training else ["-k", "not learns"]
    found: dict[str, CheckResult] = {}
    for suite in SUITES:
        collector = Collector()
        written = {} if answers is None else {answers.name: answers.read_bytes()}
        suited = Suite(ASSIGNMENT, REFERENCE, MISTAKES, only="q2")
        plugin = SuitePlugin(suited, ["one"], InProcess({"one": code}, written))
        run_pytest([str(suite), *choice], [plugin, collector])
        assert not collector.broken, collector.broken[0]
        found |= {result.check: result for _, _, result in collector.rows}
    assert set(found) == {spec.id for spec in QUESTION.checks if training or "learns" not in spec.id}
    assert not [result for result in found.values() if result.outcome is Outcome.UNGRADED]
    return found


@cache
def reference_sources() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(REFERENCE.glob("*.py"))}


def test_points_add_up() -> None:
    assert (QUESTION.automatic_points, QUESTION.rubric_points) == (40.0, 10.0)


def test_the_reference_earns_everything() -> None:
    for result in graded(CodeFolder.read(REFERENCE)).values():
        assert result.points == result.max_points, result


def test_the_starter_earns_nothing() -> None:
    for result in graded(CodeFolder.read(STARTER), STARTER / "answers.toml").values():
        assert result.points == 0, result
        assert "not written yet" in result.finding.message or "here is no answer" in result.finding.message


def test_single_precision_other_weights_and_other_orders_earn_everything() -> None:
    sources = reference_sources()
    for file, text in FLOAT32.items():
        sources = variant(sources, file, text)
    for result in graded(CodeFolder(sources)).values():
        assert result.points == result.max_points, result


@cache
def lost(name: str) -> tuple[CheckResult, ...]:
    """The checks without training that a mistake does not pass in full."""
    return tuple(result for result in graded(KNOWN[name].code, training=False).values() if result.points < result.max_points)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_each_mistake_loses_points_and_is_named(name: str) -> None:
    mistake = KNOWN[name]
    assert {result.finding.mistake for result in lost(name)} - {""} == {mistake.name}
    assert any(result.finding.lesson == mistake.lesson for result in lost(name))


def test_every_check_is_failed_by_some_mistake() -> None:
    """Checks on real training have calibrated bands, above what known mistakes reach."""
    quick = {spec.id for spec in QUESTION.checks if "learns" not in spec.id} - {
        "q2.readable",
        "q2.bipolar_identity",
        "q2.bipolar_tanh",
    }  # written answers: tests of their own
    assert not quick - {result.check for name in KNOWN for result in lost(name)}


def test_the_bands_are_the_calibrated_ones() -> None:
    measured = json.loads((ROOT / "graders" / "speech_hw4" / "calibration.json").read_text(encoding="utf-8"))
    unseen = digits.make().part("test")
    assert measured["data"]["unseen"].endswith(unseen.fingerprint), "run python -m benchmarks.tasks.calibrate_speech_hw4"
    for check, found in measured["checks"].items():
        assert [[band.floor, band.share] for band in ASSIGNMENT.check(check).bands] == found["bands"]
        assert min(found["accuracy"]["reference"]) > found["bands"][-1][0] + 0.05
        assert max(found["accuracy"]["scale_zero"]) < found["bands"][0][0]


JUNK = (None, "text", 1.0, {}, [], [None], {"W": 1}, [[1.0], [1.0, 2.0]], float("nan"))


@pytest.mark.parametrize("value", JUNK, ids=repr)
def test_answers_of_any_kind_are_the_students_fault(value: object) -> None:
    """A check that trips over an odd answer would end as ungraded, which `graded` refuses."""
    names = {
        "features.py": ("mfcc", "delta", "features", "flatten", "time_mean", "standardize"),
        "mlp.py": (
            *(
                "bipolar",
                "bipolar_derivative",
                "relu",
                "relu_derivative",
                "layer_sizes",
                "count_parameters",
                "initialize",
                "targets",
            ),
            *("forward", "softmax", "mse", "gradients", "sgd_step", "train", "predict", "per_class_accuracy", "mean_accuracy"),
        ),
    }
    text = repr(value).replace("nan", "float('nan')")
    junk = {file: "".join(f"def {name}(*args):\n    return {text}\n\n\n" for name in found) for file, found in names.items()}
    assert all(result.points == 0 for result in graded(CodeFolder(junk), None).values())
    if value == "text":  # one odd function among right ones gets further into the checks
        for file, found in names.items():
            for name in found:
                odd = CodeFolder(variant(reference_sources(), file, f"def {name}(*args):\n    return {text}\n"))
                graded(odd, training=name in ("features", "flatten", "standardize", "train", "predict"))
