"""The checks of the genre network on known code: the reference earns everything, the starter nothing, each mistake is named."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from graders.kit.assignment import load
from graders.kit.loading import CodeFolder, variant
from graders.kit.mistakes import load as load_mistakes
from graders.kit.outcome import CheckResult, Outcome
from graders.kit.plugin import Suite, SuitePlugin
from graders.kit.run import Collector, run_pytest
from seeds.datasets import genres

from .provider import InProcess

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load(ROOT / "assignments" / "speech_hw4")
QUESTION = next(question for question in ASSIGNMENT.questions if question.id == "q3")
REFERENCE = ROOT / "reference" / "speech_hw4"
MISTAKES = ROOT / "graders" / "speech_hw4" / "mistakes"
STARTER = ROOT / "assignments" / "speech_hw4" / "starter"
SUITES = (ROOT / "assignments" / "speech_hw4" / "checks" / "test_cnn.py", ROOT / "graders" / "speech_hw4" / "test_cnn.py")
KNOWN = {mistake.name: mistake for mistake in load_mistakes(MISTAKES, REFERENCE).known if mistake.file == "cnn"}
HABITS = "test_predict or test_curves or test_seed or test_batches"
FUNCTIONS = f"not ({HABITS} or first_training or learns or claimed)"
# Seen only where a network is trained.
TRAINING = (
    *("batch_norm_by_the_batch", "best_epoch_kept", "last_batch_dropped", "logits_returned", "mean_of_batch_means"),
    *("network_kept_in_memory", "not_shuffled", "seed_ignored", "slow_moving_averages", "softmax_twice"),
    *("statistics_of_both_parts", "training_reported_as_validation", "validation_reported_as_training", "weights_not_loaded"),
)
# Between them they fail every check.
COVER = {
    "transposed_picture": "image or spectrogram",
    "clips_split_at_random": "parts or split",
    "test_standardized_by_itself": "standardize",
    "one_block_for_two": "tables or layers",
    "confusion_transposed": "report or confusion",
    "names_in_order_of_appearance": "encode",
    "majority_of_the_test_part": "baseline",
    "weights_not_loaded": "first_training or test_predict or curves or learns or claimed",
    "seed_ignored": "seed",
    "not_shuffled": "batches",
}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Two threads on shared cores are many times slower."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def graded(code: CodeFolder, folder: Path = REFERENCE, *, only: str = "") -> dict[str, CheckResult]:
    """The checks of the question on this code, whose weights lie in `folder`; `only` chooses as pytest's -k does."""
    found: dict[str, CheckResult] = {}
    before = Path.cwd()
    os.chdir(folder)
    try:
        for suite in SUITES:
            collector = Collector()
            plugin = SuitePlugin(Suite(ASSIGNMENT, REFERENCE, MISTAKES, only="q3"), ["one"], InProcess({"one": code}))
            run_pytest([str(suite), *(["-k", only] if only else [])], [plugin, collector])
            assert not collector.broken, collector.broken[0]
            found |= {result.check: result for _, _, result in collector.rows}
    finally:
        os.chdir(before)
    assert only or set(found) == {spec.id for spec in QUESTION.checks}
    broken = [result.finding.detail for result in found.values() if result.outcome is Outcome.UNGRADED]
    assert not broken, broken[0]
    return found


def sources(folder: Path = REFERENCE) -> dict[str, str]:
    return {"cnn.py": (folder / "cnn.py").read_text(encoding="utf-8")}


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_each_mistake_loses_points_and_is_named(name: str) -> None:
    """Mistakes in single functions need no training to be found; those in training and prediction do."""
    mistake = KNOWN[name]
    found = graded(mistake.code, only=HABITS if name in TRAINING else FUNCTIONS)
    lost = [result for result in found.values() if result.points < result.max_points]
    assert {result.finding.mistake for result in lost} - {""} == {mistake.name}
    assert any(result.finding.lesson == mistake.lesson for result in lost)


def test_points_add_up() -> None:
    assert (QUESTION.automatic_points, QUESTION.rubric_points) == (30.0, 10.0)


def test_the_starter_earns_nothing() -> None:
    for result in graded(CodeFolder(sources(STARTER)), STARTER).values():
        assert result.points == 0 and "not written yet" in result.finding.message, result


def test_the_reference_and_its_weights_earn_everything() -> None:
    found = graded(CodeFolder(sources()))
    assert {result.check for result in found.values() if result.points < result.max_points} == set()
    claimed = found["q3.claimed"].finding
    assert claimed.metric and claimed.metric.low < claimed.metric.value < claimed.metric.high
    assert not claimed.notice


# Another person's right solution: librosa, single precision, one file of PyTorch's own, curves measured after the epoch, another loop.
REWRITTEN = """
import librosa


def spectrogram(signal, sample_rate):
    mel = librosa.feature.melspectrogram(y=np.float32(signal), sr=sample_rate)
    picture = librosa.power_to_db(mel, ref=np.max).T
    factors = np.array(picture.shape) / 128
    smooth = ndimage.gaussian_filter(picture, np.maximum(0, (factors - 1) / 2), mode="mirror")
    return ndimage.zoom(smooth, 1 / factors, order=1, mode="mirror", grid_mode=True)


def encode(genres):
    names, labels = np.unique(genres, return_inverse=True)
    return labels, names.tolist()


def split(labels, groups, test_share, seed):
    labels, groups = np.asarray(labels), np.asarray(groups)
    is_test = np.zeros(len(labels), dtype=bool)
    for label in sorted(set(labels.tolist())):
        order = np.random.RandomState(seed + label).permutation(sorted(set(groups[labels == label])))
        sizes = np.cumsum([np.sum(groups == one) for one in order])
        n_artists = 1 + np.abs(sizes - test_share * np.sum(labels == label)).argmin()
        is_test |= np.isin(groups, order[:n_artists])
    return is_test


def standardize(images, statistics):
    return (np.float32(images) - np.float32(statistics["mean"])) / np.float32(statistics["std"])


class Net(nn.Module):
    def __init__(self, name, n_classes, height, width):
        super().__init__()
        self.convolutions = nn.ModuleList([nn.Conv2d(1 if not k else 32, 32, 3) for k in range(BLOCKS[name])])
        self.norms = nn.ModuleList([nn.BatchNorm2d(32) for _ in range(BLOCKS[name])])
        for convolution in self.convolutions:
            nn.init.xavier_uniform_(convolution.weight)
            nn.init.zeros_(convolution.bias)
        for _ in self.convolutions:
            height, width = (height - 5) // 2 + 1, (width - 5) // 2 + 1
        self.dense = nn.Linear(32 * height * width, n_classes)

    def forward(self, x):
        for convolution, norm in zip(self.convolutions, self.norms):
            x = norm(nn.functional.max_pool2d(torch.relu(convolution(x)), 3, 2))
        return torch.log_softmax(self.dense(x.permute(0, 2, 3, 1).flatten(1)), dim=1)


def train(name, images, labels, validation_images, validation_labels, *, epochs, learning_rate, batch_size, seed, folder):
    generator = np.random.RandomState(seed)
    torch.manual_seed(seed + 11)
    statistics = pixel_statistics(images)
    both = [as_part(images, labels, statistics), as_part(validation_images, validation_labels, statistics)]
    net = Net(name, 10, *images.shape[1:])
    optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
    history = {key: np.zeros(epochs) for key in ("loss", "accuracy", "validation_loss", "validation_accuracy")}
    for epoch in range(epochs):
        order = generator.permutation(len(images))
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            net.train()
            optimiser.zero_grad()
            nn.functional.nll_loss(net(both[0][0][rows]), both[0][1][rows]).backward()
            optimiser.step()
        net.eval()
        for prefix, (x, y) in zip(("", "validation_"), both):
            with torch.no_grad():
                scores = net(x)
            history[prefix + "loss"][epoch] = nn.functional.nll_loss(scores, y)
            history[prefix + "accuracy"][epoch] = (scores.argmax(1) == y).float().mean()
    torch.save({"net": net.state_dict(), **statistics}, Path(folder) / (name + ".pt"))
    return history


def predict(name, images, folder):
    kept = torch.load(Path(folder) / (name + ".pt"), weights_only=True)
    net = Net(name, 10, *images.shape[1:])
    net.load_state_dict(kept["net"])
    net.eval()
    with torch.no_grad():
        return net(as_inputs(images, kept)).exp().numpy()
"""


def test_another_right_solution_earns_everything_but_what_its_weights_would() -> None:
    found = graded(CodeFolder(variant(sources(), "cnn.py", REWRITTEN)))
    assert {result.check for result in found.values() if result.points < result.max_points} == {"q3.claimed"}  # no .pt is there


def test_weights_that_answer_better_than_their_code_are_reported() -> None:
    """Right weights with a training that learns nothing: the claim earns its points, and the TA is told."""
    lazy = "\n\ndef teach(network, part, other, epochs, *rest):\n    return dict.fromkeys(CURVES, [1.0] * epochs)\n"
    names = 'CURVES = ("loss", "accuracy", "validation_loss", "validation_accuracy")'
    result = graded(CodeFolder(variant(sources(), "cnn.py", names + lazy)), only="claimed")["q3.claimed"]
    assert result.points == result.max_points
    assert "see where the weights come from" in result.finding.notice


def test_every_check_is_failed_by_some_mistake() -> None:
    found = [result for name, only in COVER.items() for result in graded(KNOWN[name].code, only=only).values()]
    assert {result.check for result in found if result.points < result.max_points} == {spec.id for spec in QUESTION.checks}


def test_the_bands_are_the_calibrated_ones() -> None:
    measured = json.loads((ROOT / "graders" / "speech_hw4" / "calibration_cnn.json").read_text(encoding="utf-8"))
    assert measured["data"]["fingerprint"] == genres.make().fingerprint, "run python -m benchmarks.tasks.calibrate_speech_hw4_cnn"
    for check in ("learned", "claimed"):
        spec = ASSIGNMENT.check({"learned": "q3.learns"}.get(check, "q3.claimed"))
        assert [[band.floor, band.share] for band in spec.bands] == measured[check]["bands"]
        assert min(measured[check]["reference"]) > spec.bands[-1].floor + 0.05
        assert max(measured[check]["weights_not_loaded"]) < spec.bands[0].floor


JUNK = (None, "text", {"loss": 1}, [[1.0], [1.0, 2.0]], float("nan"))
ALL = (
    *("spectrogram", "encode", "split", "pixel_statistics", "standardize", "layers", "train", "predict", "confusion", "report"),
    "majority_baseline",
)


@pytest.mark.parametrize("value", JUNK, ids=repr)
def test_answers_of_any_kind_are_the_students_fault(value: object) -> None:
    """A check that trips over an odd answer would end as ungraded, which `graded` refuses."""
    text = repr(value).replace("nan", "float('nan')")
    junk = {name: f"def {name}(*args, **kwargs):\n    return {text}\n\n\n" for name in ALL}
    assert all(result.points == 0 for result in graded(CodeFolder({"cnn.py": "".join(junk.values())})).values())
    for name in ("train", "predict"):  # one odd function among right ones gets further into the checks
        graded(CodeFolder(variant(sources(), "cnn.py", junk[name])), only=f"{HABITS} or first_training")
