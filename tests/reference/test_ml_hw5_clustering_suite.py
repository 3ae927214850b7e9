"""The checks of ML HW5's code on known code: the reference and its rewrites earn everything, the starter nothing, each mistake is named."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from graders.kit.assignment import load
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
HIDDEN = [ROOT / "graders" / "ml_hw5" / name for name in ("test_clusters.py", "test_kmeans.py", "test_series.py")]
PUBLIC = [ROOT / "assignments" / "ml_hw5" / "checks" / "test_clustering.py"]
KNOWN = {
    f"{mistake.file}__{mistake.name}": mistake
    for mistake in load_mistakes(MISTAKES, REFERENCE).known
    if mistake.file == "clustering"
}
EXAMPLES = ("q5.dbscan_example", "q5.quality_example", "q6.kmeans_example", "q6.seeding_example", "q6.series_example")

# Another person's right solution: single precision, matrix products, other orders of search and other numbers of clusters.
REWRITTEN = """
def squared_distances(points, centres):
    points, centres = np.float32(points), np.float32(centres)
    squares = (points**2).sum(axis=1)[:, None] - 2 * points @ centres.T + (centres**2).sum(axis=1)
    return np.maximum(squares, 0)


def dbscan(points, eps, min_pts):
    points = np.asarray(points)
    near = [[j for j, other in enumerate(points) if np.linalg.norm(one - other) <= eps] for one in points]
    core = {i for i, around in enumerate(near) if len(around) >= min_pts}
    labels, number = [-1] * len(points), 7
    for start in sorted(core, reverse=True):
        if labels[start] != -1:
            continue
        number += 3
        stack = [start]
        while stack:
            i = stack.pop()
            if i in core and labels[i] == -1:
                stack += near[i]
            labels[i] = number if labels[i] == -1 else labels[i]
    return np.array(labels, dtype=np.int16)


def silhouette(points, labels):
    points, labels = np.float32(points), np.asarray(labels)
    table = np.stack([np.sqrt(((points - one) ** 2).sum(axis=1)) for one in points])
    found = []
    for i, own in enumerate(labels.tolist()):
        means = {name: table[i, labels == name].mean() for name in set(labels.tolist())}
        size = int((labels == own).sum())
        a, b = table[i, labels == own].sum() / max(size - 1, 1), min(value for name, value in means.items() if name != own)
        found.append(np.float32(0) if size == 1 else (b - a) / max(a, b))
    return np.float32(found)


def update(points, labels, centres):
    points, labels = np.float32(points), np.asarray(labels)
    picked = np.float32(labels[:, None] == np.arange(len(centres)))
    counts = picked.sum(axis=0)[:, None]
    return np.where(counts > 0, picked.T @ points / np.maximum(counts, 1), np.float32(centres))


def seeding_weights(points, centres, rule):
    points, centres = np.float32(points), np.float32(centres)
    taken = (points[:, None] == centres).all(axis=2).any(axis=1)
    weights = np.where(taken, 0, squared_distances(points, centres).min(axis=1) if rule == "k-means++" else 1)
    return weights / weights.sum()


def draw(weights, u):
    total = np.float32(0)
    for index, weight in enumerate(weights):
        total += np.float32(weight)
        if total > u:
            return index
    return len(weights) - 1


def unit(rows):
    rows = np.float32(rows)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def accumulated(x, y):
    table = np.full((len(x) + 1, len(y) + 1), np.float32(np.inf))
    table[0, 0] = 0
    for i, j in np.ndindex(len(x), len(y)):
        table[i + 1, j + 1] = np.float32(x[i] - y[j]) ** 2 + table[[i, i, i + 1], [j, j + 1, j]].min()
    return table
"""


def graded(code: CodeFolder) -> dict[str, CheckResult]:
    """Every check of the code, public and hidden."""
    found: dict[str, CheckResult] = {}
    for suite in (PUBLIC, HIDDEN):
        collector = Collector()
        plugin = SuitePlugin(Suite(ASSIGNMENT, REFERENCE, MISTAKES), ["one"], InProcess({"one": code}))
        run_pytest([str(path) for path in suite], [plugin, collector])
        assert not collector.broken, collector.broken[0]
        found |= {result.check: result for _, _, result in collector.rows}
    assert not [result for result in found.values() if result.outcome is Outcome.UNGRADED]
    assert sum(result.max_points for result in found.values()) == 27.0
    return found


@cache
def reference_sources() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(REFERENCE.glob("*.py"))}


@cache
def lost(name: str) -> tuple[CheckResult, ...]:
    """The checks that a mistake does not pass in full."""
    return tuple(result for result in graded(KNOWN[name].code).values() if result.points < result.max_points)


def test_the_reference_earns_everything() -> None:
    for result in graded(CodeFolder.read(REFERENCE)).values():
        assert result.points == result.max_points, result


def test_the_starter_earns_nothing() -> None:
    for result in graded(CodeFolder.read(STARTER)).values():
        assert result.points == 0, result
        assert "not written yet" in result.finding.message


def test_another_persons_right_solution_earns_everything() -> None:
    for result in graded(CodeFolder(variant(reference_sources(), "clustering.py", REWRITTEN))).values():
        assert result.points == result.max_points, result


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_each_mistake_loses_points_and_is_named(name: str) -> None:
    mistake = KNOWN[name]
    assert {result.finding.mistake for result in lost(name)} - {""} == {mistake.name}
    assert any(result.finding.lesson == mistake.lesson for result in lost(name))


def test_every_check_is_failed_by_some_mistake() -> None:
    failed = {result.check for name in KNOWN for result in lost(name)}
    assert failed == set(graded(CodeFolder.read(REFERENCE)))


def test_the_examples_catch_much_and_betray_little() -> None:
    """Public checks are worked examples: some mistakes they show at home, others only the hidden checks find."""
    caught = {name for name in KNOWN if any(result.check in EXAMPLES for result in lost(name))}
    assert len(KNOWN) / 4 < len(caught) < len(KNOWN)


NAMES = (
    *("dbscan", "eps_sweep", "silhouette", "mean_silhouette", "agreement", "assign", "update", "cost", "kmeans"),
    *("seeding_weights", "seeding", "restarts", "density_experiment", "cosine_distance", "dtw", "dtw_path"),
    *("permutation_change", "spherical_kmeans", "medoid", "barycentre"),
)
JUNK = (None, "text", 1.0, {}, [], [None], {"labels": 1}, [[1.0], [1.0, 2.0]], float("nan"), [1e300] * 8)


@pytest.mark.parametrize("value", JUNK, ids=repr)
def test_answers_of_any_kind_are_the_students_fault(value: object) -> None:
    """A check that trips over an odd answer would end as ungraded, which `graded` refuses."""
    text = repr(value).replace("nan", "float('nan')")
    junk = "import numpy as np\n" + "".join(f"def {name}(*args):\n    return {text}\n\n\n" for name in NAMES)
    assert all(result.points == 0 for result in graded(CodeFolder({"clustering.py": junk})).values())


@pytest.mark.parametrize("name", NAMES)
def test_one_odd_answer_among_right_ones_is_the_students_fault(name: str) -> None:
    """It gets further into the checks than a file of nothing but odd ones."""
    for text in ('"text"', '{"found": None, "law": [], "proportional": "x"}'):
        odd = variant(reference_sources(), "clustering.py", f"def {name}(*args):\n    return {text}\n")
        assert any(result.points == 0 for result in graded(CodeFolder(odd)).values())


def test_starter_and_reference_define_the_same_functions() -> None:
    for folder in (STARTER, REFERENCE):
        text = (folder / "clustering.py").read_text(encoding="utf-8")
        assert all(f"def {name}(" in text for name in NAMES)
