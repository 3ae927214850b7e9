"""Context windows never reach into another utterance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds.errors import DataError
from seeds.features import Windows


def by_hand(utterances: list[np.ndarray], reach: int, pad: str) -> np.ndarray:
    """The slow way: pad each utterance by itself, then cut."""
    cut = []
    for rows in utterances:
        padded = np.pad(rows, ((reach, reach), (0, 0)), mode="edge" if pad == "edge" else "constant") if len(rows) else rows
        cut += [padded[start : start + 2 * reach + 1] for start in range(len(rows))]
    return np.array(cut).reshape(-1, 2 * reach + 1, 2)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=6).filter(sum), st.integers(0, 4), st.sampled_from(["zero", "edge"]))
def test_windows_equal_padding_each_utterance_by_itself(lengths: list[int], reach: int, pad: str) -> None:
    frames = np.arange(1, 1 + 2 * sum(lengths), dtype=np.float32).reshape(-1, 2)
    ends = np.cumsum(lengths)
    windows = Windows(frames, ends, reach, pad)  # type: ignore[arg-type]
    wanted = by_hand(np.split(frames, ends[:-1]), reach, pad)
    assert windows.shape == wanted.shape
    assert np.array_equal(windows[:], wanted)
    order = np.random.default_rng(0).permutation(len(frames))
    assert np.array_equal(windows[order], wanted[order])
    assert np.array_equal(windows[-1], wanted[-1])
    mask = np.arange(len(frames)) % 2 == 0
    assert np.array_equal(windows[mask], wanted[mask])


def test_strangers_differ_from_the_courses_way() -> None:
    """The course padded all utterances together at the two ends only."""
    frames = np.ones((10, 1), dtype=np.float32)
    frames[5:] = 2
    together = np.lib.stride_tricks.sliding_window_view(np.pad(frames[:, 0], 2), 5)
    ours = Windows(frames, np.array([5, 10]), 2)[:][:, :, 0]
    assert [row for row in range(10) if not np.array_equal(together[row], ours[row])] == [3, 4, 5, 6]
    assert ours[4].tolist() == [1, 1, 1, 0, 0]


def test_nothing_is_gathered_before_it_is_asked_for() -> None:
    frames = np.lib.stride_tricks.as_strided(np.zeros(28, dtype=np.float32), shape=(36_091_157, 28), strides=(0, 4))
    windows = Windows(frames, np.array([1_000, 36_091_157]), 20)
    assert windows.shape == (36_091_157, 41, 28)
    assert windows[np.array([0, 999, 36_091_156])].shape == (3, 41, 28)


def test_what_does_not_fit_is_refused() -> None:
    frames = np.zeros((4, 1), dtype=np.float32)
    with pytest.raises(DataError, match="rise to the number of frames"):
        Windows(frames, np.array([2, 3]), 1)
    with pytest.raises(DataError, match="rise"):
        Windows(frames, np.array([5, 4]), 1)
    with pytest.raises(DataError, match="0 or more"):
        Windows(frames, np.array([4]), -1)
    with pytest.raises(IndexError):
        Windows(frames, np.array([4]), 1)[4]
