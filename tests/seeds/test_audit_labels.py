"""Classes under wrong names: the course's own case is replayed, from its split to its printed supports."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from seeds.audit import Severity, audit, check_label_order, check_supports
from seeds.datasets.base import Dataset
from seeds.datasets.signals import InMemory

# Speech HW4 question 3 as handed in: the genres in the order of their folders, 100 files each, one of jazz unreadable.
LOADED = ("blues", "country", "jazz", "disco", "metal", "rock", "pop", "reggae", "hiphop", "classical")
PRINTED_SUPPORTS = (21, 20, 12, 23, 22, 23, 15, 18, 19, 27)
REALLY = {  # printed name: what its row is about
    **{"blues": "blues", "country": "classical", "jazz": "country", "disco": "disco", "metal": "hiphop"},
    **{"rock": "jazz", "pop": "metal", "reggae": "pop", "hiphop": "reggae", "classical": "rock"},
}


@pytest.fixture(scope="module")
def tested() -> list[str]:
    """What the 200 tested files truly are: 999 items, 80/20, seed 42."""
    from sklearn import model_selection as selection

    items = [name for name in LOADED for _ in range(99 if name == "jazz" else 100)]
    assert len(items) == 999
    _, test = selection.train_test_split(items, test_size=0.2, random_state=42)
    return list(test)


def alphabetical(names: list[str]) -> np.ndarray:
    """Labels as scikit-learn's LabelEncoder gives them."""
    return np.unique(names, return_inverse=True)[1]


def test_the_split_is_the_courses(tested: list[str]) -> None:
    counts = Counter(tested)
    assert tuple(counts[name] for name in sorted(LOADED)) == PRINTED_SUPPORTS
    assert counts["country"] == 12  # the printed table says 20


def test_the_printed_table_is_caught(tested: list[str]) -> None:
    finding = check_supports(LOADED, PRINTED_SUPPORTS, tested)
    assert finding is not None and finding.severity is Severity.ERROR and finding.check == "label order"
    assert "'country' is printed with support 20, it has 12" in finding.items
    renamed = [f"printed as {printed!r}, really {really!r}" for printed, really in REALLY.items() if printed != really]
    assert [item for item in finding.items if item.startswith("printed as")] == renamed and len(renamed) == 8
    assert finding.items[-1].startswith("the supports follow the alphabet")
    assert check_supports(sorted(LOADED), PRINTED_SUPPORTS, tested) is None


def test_the_order_of_names_is_caught_before_anything_is_printed(tested: list[str]) -> None:
    finding = check_label_order(LOADED, alphabetical(tested), tested)
    assert finding is not None and finding.severity is Severity.ERROR
    counts = Counter(tested)
    wanted = {f"printed as {p!r}, really {r!r} ({counts[r]} examples)" for p, r in REALLY.items() if p != r}
    assert set(finding.items) == wanted
    assert check_label_order(sorted(LOADED), alphabetical(tested), tested) is None


def test_other_faults_of_names() -> None:
    assert check_label_order(["a", "b"], [0, 1, 1], ["a", "b", "b"]) is None
    mixed = check_label_order(["a", "b"], [0, 0, 0, 1], ["a", "a", "b", "b"])
    assert mixed is not None and mixed.items == ("label 0 stands for several names: a (2), b (1)",)
    short = check_label_order(["a"], [0, 1], ["a", "b"])
    assert short is not None and short.items == ("label 1 has no printed name: it is b",)
    wrong = check_supports(["a", "b"], [2, 2], ["a", "b", "b"])
    assert wrong is not None and wrong.items == ("'a' is printed with support 2, it has 1",)
    with pytest.raises(ValueError, match="zip"):
        check_label_order(["a"], [0], [])


def named(label_names: tuple[str, ...], ids: list[str], labels: list[int]) -> Dataset:
    rows = np.array([f"g{row}" for row in range(len(ids))])
    signals = InMemory([np.random.default_rng(row).normal(size=(3, 2)) for row in range(len(ids))])
    return Dataset("toy", signals, 1, np.array(labels), label_names, rows, np.array(["train"] * len(ids)), np.array(ids))


def test_the_audit_reads_names_in_ids() -> None:
    ids = ["blues.00001", "jazz.00001", "jazz.00002", "Disco/7.wav", "unnamed"]
    assert audit(named(("blues", "disco", "jazz"), ids, [0, 2, 2, 1, 0])).passed
    report = audit(named(("blues", "jazz", "disco"), ids, [0, 2, 2, 1, 0]))
    (error,) = report.errors
    assert set(error.items) == {
        "printed as 'jazz', really 'disco' (1 examples)",
        "printed as 'disco', really 'jazz' (2 examples)",
    }
