"""The one shape of every data set: columns that fit, splits that do not leak, fingerprints that notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import seeds.datasets
from seeds.datasets import PARTS, DataError, Dataset, check_disjoint, discover, get, limit, split_by_group
from seeds.datasets.signals import Packed


def plain(groups: list[str]) -> Dataset:
    """One example per group name, labels 0 and 1 in turn."""
    n = len(groups)
    return Dataset(
        name="toy",
        signals=[np.full(3 + row, row / 8) for row in range(n)],
        sample_rate=10,
        labels=np.arange(n) % 2,
        label_names=("even", "odd"),
        groups=np.array(groups),
        parts=np.array([""] * n),
        ids=np.array([f"id{row}" for row in range(n)]),
    )


@given(st.lists(st.sampled_from("abcdefgh"), min_size=3).filter(lambda names: len(set(names)) >= 3), st.integers(0, 10**6))
def test_no_group_crosses_and_every_part_has_one(groups: list[str], seed: int) -> None:
    split = split_by_group(plain(groups), seed=seed)
    parts_of = {group: set(split.parts[split.groups == group].tolist()) for group in set(groups)}
    assert all(len(parts) == 1 for parts in parts_of.values())
    assert set(split.parts.tolist()) == set(PARTS)
    assert np.array_equal(split.parts, split_by_group(plain(groups), seed=seed).parts)


def test_groups_are_dealt_by_share() -> None:
    split = split_by_group(plain([f"g{number}" for number in range(20)]), {"train": 0.7, "test": 0.3}, seed=1)
    assert {part: int((split.parts == part).sum()) for part in PARTS} == {"train": 14, "validation": 0, "test": 6}
    orders = {tuple(split_by_group(plain(list("abcdefgh")), seed=seed).parts.tolist()) for seed in range(10)}
    assert len(orders) > 5


def test_splits_that_cannot_be() -> None:
    with pytest.raises(DataError, match="2 groups"):
        split_by_group(plain(["a", "b", "b"]), seed=1)
    with pytest.raises(DataError, match="add to 1"):
        split_by_group(plain(["a", "b", "c"]), {"train": 0.5, "test": 0.4}, seed=1)


def test_a_planted_leak_is_found_and_named() -> None:
    leaking = replace(plain(["ann", "bob", "ann"]), parts=np.array(["train", "test", "test"]))
    with pytest.raises(DataError, match="recognise the group") as caught:
        check_disjoint(leaking)
    assert caught.value.problems == ("ann: test, train",)
    check_disjoint(replace(leaking, parts=np.array(["train", "test", "train"])))


def test_choosing_keeps_rows_together() -> None:
    whole = plain(list("abcdef"))
    for rows in ([4, 1], np.array([False, True, False, False, True, False])):
        some = whole.choose(rows)
        for row, name in enumerate(some.ids.tolist()):
            source = whole.ids.tolist().index(name)
            assert np.array_equal(some.signals[row], whole.signals[source])
            assert (some.labels[row], some.groups[row]) == (whole.labels[source], whole.groups[source])
    assert whole.choose([4, 1]).ids.tolist() == ["id4", "id1"]
    assert [len(signal) for signal in whole.choose([4, 1]).waveforms] == [7, 4]
    assert [len(signal) for signal in whole.waveforms[-2:]] == [7, 8]


def test_a_part_by_name() -> None:
    split = replace(plain(["a", "b", "a"]), parts=np.array(["test", "train", "test"]))
    assert split.part("test").ids.tolist() == ["id0", "id2"]
    with pytest.raises(DataError, match="no validation part"):
        split.part("validation")


def test_limit_keeps_the_first_of_each_label_in_each_group() -> None:
    assert limit(plain(list("aaaaabb")), 1).ids.tolist() == ["id0", "id1", "id5", "id6"]
    assert limit(plain(list("aaaaabb")), 2).ids.tolist() == ["id0", "id1", "id2", "id3", "id5", "id6"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": np.array([0, 1])}, "different length"),
        ({"labels": np.array([0, 1, 2])}, "outside 0..1"),
        ({"labels": np.array([0, -1, 1])}, "outside 0..1"),
        ({"parts": np.array(["train", "test", "dev"])}, "dev"),
    ],
)
def test_columns_that_do_not_fit_are_refused(change: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(DataError, match=message):
        replace(plain(list("abc")), **change)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: replace(data, labels=1 - data.labels),
        lambda data: replace(data, label_names=("odd", "even")),
        lambda data: replace(data, groups=np.array(list("abd"))),
        lambda data: replace(data, parts=np.array(["train", "", ""])),
        lambda data: replace(data, sample_rate=11),
        lambda data: replace(data, signals=[*data.signals[:2], data.signals[2] + np.float32(1e-6)]),
        lambda data: data.choose([0, 2, 1]),
        lambda data: data.choose([0, 1]),
    ],
)
def test_the_fingerprint_notices(change: Callable[[Dataset], Dataset]) -> None:
    data = plain(list("abc"))
    assert data.fingerprint == plain(list("abc")).fingerprint
    assert change(data).fingerprint != data.fingerprint


def test_packed_waveforms_are_cut_and_scaled() -> None:
    packed = Packed(np.array([-32768, 16384, 0, 8192], dtype=np.int16), np.array([2, 2, 4]))
    assert [signal.tolist() for signal in packed] == [[-1.0, 0.5], [], [0.0, 0.25]]
    assert packed[-1].dtype == np.float32
    with pytest.raises(IndexError):
        packed[3]


def test_a_data_set_is_found_by_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "planted.py").write_text(
        "from dataclasses import replace\nfrom seeds.datasets.digits import SPEC as it\nSPEC = replace(it, name='planted')\n"
    )
    monkeypatch.setattr(seeds.datasets, "__path__", [*seeds.datasets.__path__, str(tmp_path)])
    assert set(discover()) >= {"digits", "planted"}
    assert get("digits").title
    with pytest.raises(DataError, match="got 'digit' as the name of a data set, wanted one of: digits"):
        get("digit")
