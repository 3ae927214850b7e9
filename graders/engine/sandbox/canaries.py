"""Canary attacks that `sanjeh doctor` runs: each tries one way out of the sandbox of this very machine and must come to nothing.

The full red team is in `tests/attacks`; these are the few that a person wants to see.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.kit.errors import StudentFault

from . import bwrap
from .inside.settings import Limits
from .session import Sandbox

SMALL = Limits(memory_mb=256, processes=32, disk_mb=16)
SECRET = "SANJEH_CANARY"


@dataclass(frozen=True)
class Canary:
    """An attack: `source` defines `run(facts)`, which returns what it got, something false where it got nothing."""

    name: str
    source: str
    seconds: float = 1.0


@dataclass(frozen=True)
class CanaryResult:
    """`blocked` says whether the sandbox held; `told` is what came of it, untrusted text."""

    name: str
    blocked: bool
    told: str


_ANY = """
import os, socket
def tried(ways):
    got = []
    for way in ways:
        try:
            got.append(repr(way())[:80])
        except BaseException:
            pass
    return got
"""

CANARIES = (
    Canary(
        "read the home folder",
        _ANY
        + "def run(facts): return tried([way for p in facts['home'] for way in (lambda p=p: open(p).read(1), lambda p=p: os.listdir(p))])",
    ),
    Canary("read the course's repository", _ANY + "def run(facts): return tried([lambda: open(facts['own']).read(9)])"),
    Canary(
        "import the reference or the graders",
        _ANY + "def run(facts): return tried([lambda n=n: __import__(n) for n in ('reference', 'graders', 'seeds')])",
    ),
    Canary(
        "write outside /tmp",
        _ANY
        + "def run(facts): return tried([lambda p=p: open(p + '/canary', 'w') for p in ('/', '/usr', '/dev', '/sanjeh/kit')])",
    ),
    Canary(
        "reach the network",
        _ANY + "def run(facts): return tried([lambda: socket.create_connection(('127.0.0.1', facts['port']), 1),"
        " lambda: socket.socket(socket.AF_INET)])",
    ),
    Canary("see other processes", _ANY + "def run(facts): return [p for p in os.listdir('/proc') if p.isdigit()][2:]"),
    Canary("read secrets from the environment", _ANY + f"def run(facts): return os.environ.get('{SECRET}', '')"),
    Canary(
        "kill the grader",
        _ANY + "def run(facts): return tried([lambda: os.kill(facts['parent'], 9)])",
    ),
    Canary(
        "trace another process",
        _ANY + "import ctypes\ndef run(facts): return [p for p in (0, 16) if ctypes.CDLL(None).ptrace(p, 1, 0, 0) >= 0]",
    ),
    Canary(
        "start processes without end",
        _ANY
        + "import time\ndef run(facts):\n    count = 0\n    try:\n        while count < 500:\n            if os.fork() == 0:\n"
        "                time.sleep(5); os._exit(0)\n            count += 1\n    except OSError:\n        return ''\n    return count",
    ),
    Canary("take all memory", _ANY + "def run(facts): return len(bytearray(2**30))"),
    Canary(
        "fill the disk",
        _ANY + "def run(facts):\n    try:\n        for n in range(8):\n            open(f'/tmp/{n}', 'wb').write(bytes(2**23))\n"
        "    except OSError:\n        return ''\n    return n",
    ),
)


def run(*, nested: bool = True) -> list[CanaryResult]:
    """Run every canary in a fresh sandbox. Raises SandboxUnavailable where there can be none."""
    with _facts() as facts, Sandbox(limits=SMALL, nested=nested) as sandbox:
        return [_released(sandbox, canary, facts) for canary in CANARIES]


def _released(sandbox: Sandbox, canary: Canary, facts: dict[str, Any]) -> CanaryResult:
    with sandbox.job({"canary.py": canary.source.encode()}) as job:
        try:
            got = job.call("canary", "run", (facts,), seconds=canary.seconds)
        except StudentFault as fault:
            return CanaryResult(canary.name, True, str(fault))
    return CanaryResult(canary.name, not got, str(got)[:200] if got else "it got nothing")


@contextmanager
def _facts() -> Iterator[dict[str, Any]]:
    """What the canaries look for: a listening port, a secret in the environment, our own files."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        os.environ[SECRET] = "1"
        try:
            yield {
                "home": [str(path) for path in _home() if not any(shown.is_relative_to(path) for shown in bwrap.prefixes())],
                "own": str(bwrap.KIT / "wire.py"),
                "port": server.getsockname()[1],
                "parent": os.getpid(),
            }
        finally:
            del os.environ[SECRET]


def _home() -> list[Path]:
    try:
        return sorted(Path.home().iterdir())[:200]
    except OSError:
        return []
