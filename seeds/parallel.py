"""One task for many places, over processes: results come in order, and few are held at a time.

Workers are forked, so that data sets need not be copied to them. Where a system cannot fork, the work is done in this process.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from seeds.errors import DataError

Result = TypeVar("Result")

WAITING = 3
"""Chunks under way for each worker: enough that none is idle, few enough that memory stays flat."""
LARGEST_CHUNK = 64
SHARE = 4
"""A chunk is this part of what each worker still has to do, so that chunks shrink to single places and all workers end together."""

_task: Callable[[int], Any]


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(task: Callable[[int], Result], count: int, *, workers: int | None = None, warm: bool = False) -> Iterator[Result]:
    """Give `task(0)` to `task(count - 1)`, in order.

    Args:
        task: gives a result that can be pickled.
        count: how many places.
        workers: processes; 1 works in this one, None takes one per core.
        warm: do the first place here before forking, so that what is compiled or planned on first use is done once for all.

    Raises:
        DataError: a worker was killed, or what `task` itself raises.
    """
    workers = min(workers or cores(), count)
    if workers <= 1 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(task, range(count))
        return
    first = 0
    if warm:
        yield task(0)
        first = 1
    chunks = deque(portions(first, count, workers))
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_adopt, initargs=(task,)) as pool:
        pending: deque[Future[list[Result]]] = deque()
        try:
            while chunks or pending:
                while chunks and len(pending) < WAITING * workers:
                    pending.append(pool.submit(_work, chunks.popleft()))
                yield from pending.popleft().result()
        except BrokenProcessPool as error:
            raise DataError("a worker process was killed, probably for want of memory: use fewer workers") from error
        finally:
            pool.shutdown(cancel_futures=True)


def portions(first: int, count: int, workers: int) -> Iterator[range]:
    """Cut the places from `first` to `count` - 1 into chunks, large ones first."""
    while first < count:
        size = max(1, min(LARGEST_CHUNK, (count - first) // (workers * SHARE)))
        yield range(first, first + size)
        first += size


def _adopt(task: Callable[[int], Any]) -> None:
    global _task
    _task = task


def _work(places: range) -> list[Any]:
    return [_task(place) for place in places]
