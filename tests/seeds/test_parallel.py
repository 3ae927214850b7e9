"""Work over processes comes back in order, whole, and cut so that nobody waits long for the last."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds.datasets import DataError
from seeds.parallel import LARGEST_CHUNK, portions, spread


@given(st.integers(0, 5), st.integers(0, 5000), st.integers(1, 16))
def test_portions_cover_every_place_once_and_shrink(first: int, more: int, workers: int) -> None:
    cut = list(portions(first, first + more, workers))
    assert [place for chunk in cut for place in chunk] == list(range(first, first + more))
    sizes = [len(chunk) for chunk in cut]
    assert sizes == sorted(sizes, reverse=True)
    assert not sizes or (sizes[0] <= LARGEST_CHUNK and sizes[-1] == 1)


def test_results_come_in_order_from_other_processes() -> None:
    found = list(spread(lambda place: (place, os.getpid()), 200, workers=2))
    assert [place for place, _ in found] == list(range(200))
    assert os.getpid() not in {process for _, process in found}


def test_the_first_is_done_here_where_it_is_to_warm_up() -> None:
    found = list(spread(lambda place: os.getpid(), 5, workers=2, warm=True))
    assert found[0] == os.getpid() and os.getpid() not in found[1:]


def test_what_a_task_raises_arrives() -> None:
    def fail(place: int) -> int:
        if place == 7:
            raise DataError("place 7 is damaged")
        return place

    with pytest.raises(DataError, match="place 7 is damaged"):
        list(spread(fail, 50, workers=2))


def test_a_worker_that_is_killed_is_told() -> None:
    with pytest.raises(DataError, match="a worker process was killed"):
        list(spread(lambda place: os._exit(9), 50, workers=2))
