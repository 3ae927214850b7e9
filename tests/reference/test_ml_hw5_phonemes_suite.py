"""The checks of question 4 on known code: the reference and a rewrite earn everything, the starter nothing, each mistake is named.

The two checks that need the embedded speech train or load real networks; they run on the reference and on a few mistakes only, since
`tests/flows/test_demo.py` runs all of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import torch

from graders.kit.assignment import CheckSpec, load
from graders.kit.loading import CodeFolder, variant
from graders.kit.mistakes import load as load_mistakes
from graders.kit.outcome import CheckResult, Outcome
from graders.kit.plugin import Suite, SuitePlugin
from graders.kit.run import Collector, run_pytest

from .provider import InProcess

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load(ROOT / "assignments" / "ml_hw5")
REFERENCE = ROOT / "reference" / "ml_hw5"
STARTER = ROOT / "assignments" / "ml_hw5" / "starter"
MISTAKES = ROOT / "graders" / "ml_hw5" / "mistakes"
SUITES = (ROOT / "graders" / "ml_hw5" / "test_phonemes.py", ROOT / "assignments" / "ml_hw5" / "checks" / "test_phonemes.py")
KNOWN = {
    f"{mistake.file}__{mistake.name}": mistake
    for mistake in load_mistakes(MISTAKES, REFERENCE).known
    if mistake.file == "phonemes"
}
EXAMPLES = ("q4.inputs_example", "q4.layers_example", "q4.scores_example")
SLOW = ("q4.learns", "q4.claimed")
POINTS = {spec.id: spec.points for spec in ASSIGNMENT.checks() if spec.id.startswith("q4.")}


class One(InProcess):
    """One submission, whose slow checks are skipped where told to."""

    def __init__(self, code: CodeFolder, skip: tuple[str, ...]) -> None:
        super().__init__({"one": code})
        self.skip = skip

    def recall(self, student: str, spec: CheckSpec) -> CheckResult | None:
        return CheckResult(spec.id, Outcome.UNGRADED, 0.0, spec.points) if spec.id in self.skip else None


@pytest.fixture(autouse=True, scope="module")
def beside_the_weights() -> Iterator[None]:
    """Submissions run in their own folder, where `weights` is theirs; here that is the reference's."""
    before, threads = Path.cwd(), torch.get_num_threads()
    os.chdir(REFERENCE)
    torch.set_num_threads(1)
    yield
    os.chdir(before)
    torch.set_num_threads(threads)


def graded(code: CodeFolder, skip: tuple[str, ...] = SLOW, mistakes: Path | None = MISTAKES) -> dict[str, CheckResult]:
    """Every check of the code, public and hidden, but those to skip; without `mistakes` none is looked for, which is quicker."""
    found: dict[str, CheckResult] = {}
    for suite in SUITES:
        collector = Collector()
        plugin = SuitePlugin(Suite(ASSIGNMENT, REFERENCE, mistakes), ["one"], One(code, skip))
        run_pytest([str(suite)], [plugin, collector])
        assert not collector.broken, collector.broken[0]
        found |= {result.check: result for _, _, result in collector.rows if result.check not in skip}
    assert not [result for result in found.values() if result.outcome is Outcome.UNGRADED]
    assert set(found) == set(POINTS) - set(skip)
    return found


@cache
def lost(name: str) -> tuple[CheckResult, ...]:
    """The checks that a mistake does not pass in full, among the quick ones."""
    return tuple(result for result in graded(KNOWN[name].code).values() if result.points < result.max_points)


# Another person's right solution: utterances padded one by one, single precision, plain NumPy with momentum, probabilities of a
# hand-written softmax, weights as .npy, and labels from a dictionary.
REWRITTEN = """
def cepstral_normalize(mfcc):
    mfcc = np.float32(mfcc)
    centred = mfcc - mfcc.mean(0)
    spread = np.sqrt((centred**2).mean(0))
    return np.where(spread > 1e-4, centred / np.maximum(spread, 1e-4), 0)


def encode(transcript):
    table = {symbol: number for number, symbol in enumerate(SYMBOLS)}
    return [table[symbol] for symbol in transcript if symbol not in ("[SOS]", "[EOS]")]


def window_indices(lengths, rows, context):
    table, start = [], 0
    for length in lengths:
        own = np.pad(np.arange(start, start + length), context, constant_values=-1)
        table += [own[t : t + 2 * context + 1] for t in range(length)]
        start += length
    return np.array(table)[rows]


def windows(utterances, rows, context):
    table = [
        np.pad(one, ((context, context), (0, 0)))[t : t + 2 * context + 1].ravel() for one in utterances for t in range(len(one))
    ]
    return np.float32(table)[rows]


def network_inputs(utterances, rows, context):
    return windows([cepstral_normalize(one) for one in utterances], rows, context)


def forward(x, weights):
    hidden = np.maximum(x @ weights[0] + weights[1], 0)
    scores = hidden @ weights[2] + weights[3]
    scores = np.exp(scores - scores.max(1, keepdims=True))
    return hidden, scores / scores.sum(1, keepdims=True)


def train(name, utterances, labels, other, other_labels, *, context, epochs, learning_rate, batch_size, seed, folder):
    rng = np.random.default_rng(seed)
    sizes = ((2 * context + 1) * utterances[0].shape[1], 512, 42)
    weights = [
        np.float32(w)
        for n, m in zip(sizes, sizes[1:])
        for w in (rng.uniform(-1, 1, (n, m)) * (3 / n) ** 0.5, np.zeros(m))
    ]
    m, v = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    x, y = network_inputs(utterances, slice(None), context), np.concatenate(labels)
    step, history = 0, {"loss": [], "accuracy": [], "validation_loss": [], "validation_accuracy": []}
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch_size):
            rows, step = order[start : start + batch_size], step + 1
            hidden, p = forward(x[rows], weights)
            p[np.arange(len(rows)), y[rows]] -= 1
            p /= len(rows)
            back = (p @ weights[2].T) * (hidden > 0)
            for k, g in enumerate((x[rows].T @ back, back.sum(0), hidden.T @ p, p.sum(0))):
                m[k], v[k] = 0.9 * m[k] + 0.1 * g, 0.999 * v[k] + 0.001 * g**2
                weights[k] -= learning_rate * (m[k] / (1 - 0.9**step)) / (np.sqrt(v[k] / (1 - 0.999**step)) + 1e-8)
        for prefix, a, b in (("", utterances, labels), ("validation_", other, other_labels)):
            p, b = forward(network_inputs(a, slice(None), context), weights)[1], np.concatenate(b)
            history[prefix + "loss"].append(float(-np.log(p[np.arange(len(b)), b]).mean()))
            history[prefix + "accuracy"].append(float((p.argmax(1) == b).mean()))
    for number, w in enumerate(weights):
        np.save(f"{folder}/{name}{number}.npy", w)
    return history


_predict = predict


def predict(name, utterances, folder, *, context):
    if name == "strong":
        return _predict(name, utterances, folder, context=context)
    weights = [np.load(f"{folder}/{name}{number}.npy") for number in range(4)]
    return forward(network_inputs(utterances, slice(None), context), weights)[1]


def layers(name, shape, classes):
    n = shape[0] * shape[1]
    return [
        {"layer": "Flatten", "shape": [n], "parameters": 0},
        {"layer": "Dense", "shape": [512], "parameters": 512 * n + 512},
        {"layer": "ReLU", "shape": [512], "parameters": 0},
        {"layer": "Dense", "shape": [classes], "parameters": 513 * classes},
    ]
"""


def rewritten() -> CodeFolder:
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted(REFERENCE.glob("*.py"))}
    return CodeFolder(variant(sources, "phonemes.py", REWRITTEN), REFERENCE)


def test_the_reference_earns_everything() -> None:
    for result in graded(CodeFolder.read(REFERENCE), ()).values():
        assert result.points == result.max_points, result
        assert not result.finding.notice


def test_another_persons_right_solution_earns_everything() -> None:
    for result in graded(rewritten()).values():
        assert result.points == result.max_points, result


def test_the_starter_earns_nothing() -> None:
    for result in graded(CodeFolder.read(STARTER), ()).values():
        assert result.points == 0, result
        assert "not written yet" in result.finding.message


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_each_mistake_loses_points_and_is_named(name: str) -> None:
    mistake = KNOWN[name]
    found = lost(name) or tuple(one for one in graded(mistake.code, ()).values() if one.points < one.max_points)
    assert {result.finding.mistake for result in found} - {""} == {mistake.name}
    assert any(result.finding.lesson == mistake.lesson for result in found)


def test_every_quick_check_is_failed_by_some_mistake() -> None:
    assert {result.check for name in KNOWN for result in lost(name)} == set(POINTS) - set(SLOW)


def test_a_mistake_in_the_inputs_shows_in_the_weights_handed_in() -> None:
    found = graded(KNOWN["phonemes__not_normalised"].code, ())
    assert found["q4.claimed"].points < found["q4.claimed"].max_points
    assert found["q4.learns"].points < found["q4.learns"].max_points


NAMES = (
    *("cepstral_normalize", "encode", "frame_count", "window_indices", "windows", "network_inputs", "layers", "batch_plan"),
    *("train", "predict", "frame_labels", "frame_accuracy", "confusion", "phoneme_accuracy", "majority_baseline"),
)
JUNK = (None, "text", 1.0, {}, [], [None], {"loss": 1}, [[1.0], [1.0, 2.0]], float("nan"), [[1e300] * 42])


@pytest.mark.parametrize("value", JUNK, ids=repr)
def test_answers_of_any_kind_are_the_students_fault(value: object) -> None:
    """A check that trips over an odd answer would end as ungraded, which `graded` refuses."""
    text = repr(value).replace("nan", "float('nan')")
    junk = "".join(f"def {name}(*args, **settings):\n    return {text}\n\n\n" for name in NAMES)
    assert all(result.points == 0 for result in graded(CodeFolder({"phonemes.py": junk}), (), None).values())


@pytest.mark.parametrize("name", NAMES)
def test_one_odd_answer_among_right_ones_is_the_students_fault(name: str) -> None:
    """It gets further into the checks than a file of nothing but odd ones."""
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted(REFERENCE.glob("*.py"))}
    odd = f"def {name}(*args, **settings):\n    return {{'loss': None, 'each': [], 'mean': 'x'}}\n"
    found = graded(CodeFolder(variant(sources, "phonemes.py", odd)), mistakes=None)
    assert any(result.points == 0 for result in found.values())


def test_starter_and_reference_define_the_same_functions() -> None:
    for folder in (STARTER, REFERENCE):
        text = (folder / "phonemes.py").read_text(encoding="utf-8")
        assert all(f"def {name}(" in text for name in NAMES)
