"""Tasks on the embedded data, one small run each where it takes a second: what they say is right by another way."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, stats

from benchmarks.engine.record import Record
from benchmarks.engine.run import Options, bench
from benchmarks.engine.store import opened, read
from benchmarks.engine.task import Case, Outcome, Setting, get
from benchmarks.tasks import clustering, digits, divergences, speakers
from seeds.choice import active

SETTING = Setting(0, "small", "cpu")


def one(task: str, case: str) -> Case:
    return next(found for found in get(task)[0].cases("small") if found.name == case)


def right_of(outcome: Outcome) -> np.ndarray:
    assert outcome.predictions is not None
    labels, predicted, _ = outcome.predictions.arrays()
    return np.asarray(labels == predicted)


def test_divergences_are_true_to_scipy() -> None:
    """mpmath's truth against SciPy's quadrature of the definitions, which share no code with the reference."""
    (p, q) = divergences.PAIRS[1]
    a, b = stats.norm(*p), stats.norm(*q)
    integrands = {
        "kl": lambda x: a.pdf(x) * (a.logpdf(x) - b.logpdf(x)),
        "tv": lambda x: abs(a.pdf(x) - b.pdf(x)) / 2,
        "chi2": lambda x: (a.pdf(x) - b.pdf(x)) ** 2 / b.pdf(x),
        "hellinger": lambda x: (math.sqrt(a.pdf(x)) - math.sqrt(b.pdf(x))) ** 2,
    }
    for name, integrand in integrands.items():
        value = integrate.quad(integrand, -12, 14, limit=400)[0]
        value = math.sqrt(value) if name == "hellinger" else value
        assert divergences.truth(name)[1] == pytest.approx(value, rel=1e-6)
    assert divergences.truth("w2")[1] == pytest.approx(math.hypot(1, 0.5))
    assert divergences.truth("kl")[0] == pytest.approx(0.5)


def test_the_closed_form_is_exact_and_draws_are_not() -> None:
    exact = divergences.run(one("divergences", "kl: closed form"), SETTING)
    drawn = divergences.run(one("divergences", "kl: 10,000 draws"), SETTING)
    assert exact.metrics["relative_error"] < 1e-12 < 1e-4 < drawn.metrics["relative_error"] < 0.1


def test_clustering_costs_are_those_of_the_labels() -> None:
    for rule in clustering.RULES:
        outcome = clustering.run(one("clustering", f"twenty blobs, k = 20: {rule}"), SETTING)
        assert outcome.predictions is not None and outcome.predictions.kind == "clusters"
        truth, found, _ = outcome.predictions.arrays()
        points, made = clustering.twenty_blobs(clustering.PER_BLOB["small"])
        assert np.array_equal(truth, made)
        cost = sum(((points[found == k] - points[found == k].mean(axis=0)) ** 2).sum() for k in set(found.tolist()))
        assert outcome.metrics["cost"] == pytest.approx(cost)
        assert outcome.metrics["start_cost"] >= outcome.metrics["cost"] and outcome.metrics["over_best"] > 0.9


def test_seeding_by_distance_draws_by_distance() -> None:
    """From a point at 0: others at distance 1 and 3 should be drawn as 1 to 3, and by squares as 1 to 9."""
    points = np.array([[0.0], [1.0], [3.0]])
    drawn = {rule: np.mean([clustering.seeding(points, np.array([0.1, u]), rule)[1, 0] == 3 for u in np.linspace(0, 0.999, 500)])
             for rule in clustering.RULES}  # fmt: skip
    assert drawn == pytest.approx({"uniform": 0.5, "distance": 0.75, "k-means++": 0.9}, abs=0.01)


def test_digits_put_right_are_better_than_as_asked() -> None:
    found = {
        kind: digits.run(one("digits", f"{kind}: 2 equal, bipolar, mean"), SETTING) for kind in ("asked", "fixed", "handed in")
    }
    assert found["fixed"].metrics["accuracy"] > found["asked"].metrics["accuracy"] + 0.2
    for outcome in found.values():
        assert right_of(outcome).mean() == pytest.approx(outcome.metrics["accuracy"])
        assert outcome.parameters == 36 * 23 + 23 + 23 * 23 + 23 + 23 * 10 + 10
    dataset = active("digits")
    train, test = digits.parts(dataset, "small")
    assert not set(train.groups.tolist()) & set(test.groups.tolist())


def test_speakers_splits_keep_what_they_promise() -> None:
    dataset = active("speakers")
    train, test = speakers.deal(dataset, "by recording", 3)
    assert not set(dataset.groups[train].tolist()) & set(dataset.groups[test].tolist())
    at_random = speakers.deal(dataset, "random clips", 3)
    assert set(dataset.groups[at_random[0]].tolist()) & set(dataset.groups[at_random[1]].tolist())
    for rows in ((train, test), at_random):
        assert sorted(np.concatenate(rows).tolist()) == list(range(len(dataset)))


class Silent:
    """Progress that nobody is told."""

    def plan(self, plan: object) -> None: ...
    def begin(self, unit: object) -> None: ...
    def end(self, unit: object, records: object) -> None: ...


def test_records_of_runs_can_be_read_again(tmp_path: Path) -> None:
    task, path = get("divergences")
    with opened(tmp_path / "r.jsonl") as store:
        bench(task, path, Options(seeds=1, budget=2.0), store, Silent())
    found: tuple[Record, ...] = read(tmp_path / "r.jsonl").records
    assert found and all(
        record.status == "ok" and record.value is not None and record.times["train"].warm_up_s for record in found
    )


def test_a_task_is_found_without_what_the_others_need() -> None:
    """A borrowed machine with a GPU has torch, and none of the packages that grading needs."""
    code = (
        "import sys\n"
        "from graders import cli, terminal\n"
        "from benchmarks import bench_cli\n"
        "from benchmarks.engine.task import get\n"
        "assert [get(name)[0].name for name in ('frames', 'batching', 'genres', 'phonemes')]\n"
        "print(sorted({'sqlalchemy', 'IPython', 'babel', 'nbformat', 'jinja2', 'sympy'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
