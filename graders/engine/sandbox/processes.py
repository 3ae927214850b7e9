"""What a job's processes use, read by the parent from /proc: nothing inside the sandbox has a say in it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_TICKS = os.sysconf("SC_CLK_TCK")
# Fields of /proc/PID/stat after the name: user and system time of the process, then of its reaped children (proc_pid_stat(5)).
_TIMES = slice(11, 15)
_MEMORY = ("RssAnon:", "RssShmem:")


@dataclass(frozen=True)
class Usage:
    """`cpu` in seconds since the processes began, `memory` in bytes of their own, over a whole tree."""

    cpu: float
    memory: int


def tree(roots: Iterable[int]) -> Iterator[int]:
    """The processes and all their descendants. A process that ends meanwhile is left out."""
    waiting = list(roots)
    seen = set()
    while waiting:
        pid = waiting.pop()
        if pid in seen:
            continue
        seen.add(pid)
        yield pid
        waiting.extend(children(pid))


def children(pid: int) -> list[int]:
    """The children of every thread of a process."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                found.extend(map(int, file.read().split()))
    except OSError:
        pass
    return found


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and of the children that it has reaped; 0 where it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[_TIMES])) / _TICKS


def memory(pid: int) -> int:
    """Bytes of anonymous and shared memory of a process; 0 where it is gone."""
    total = 0
    try:
        with open(f"/proc/{pid}/status") as file:
            for line in file:
                if line.startswith(_MEMORY):
                    total += 1024 * int(line.split()[1])
    except OSError:
        return 0
    return total


def usage(roots: Iterable[int], baseline: int) -> Usage:
    """What a tree uses. `baseline` bytes of each process are the zygote's pages, which it shares."""
    cpu, used = 0.0, 0
    for pid in tree(roots):
        cpu += cpu_seconds(pid)
        used += max(0, memory(pid) - baseline)
    return Usage(cpu, used)


def shared_out(roots: Iterable[int], fallback: int) -> int:
    """Bytes of memory of a tree, each shared page counted by its share; `fallback` where the kernel does not tell."""
    total = 0
    for pid in tree(roots):
        try:
            with open(f"/proc/{pid}/smaps_rollup") as file:
                total += sum(1024 * int(line.split()[1]) for line in file if line.startswith(("Pss_Anon:", "Pss_Shmem:")))
        except (FileNotFoundError, ProcessLookupError):
            continue
        except OSError:
            return fallback
    return total
