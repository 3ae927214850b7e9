"""The prover's process: one warm sympy worker, killed when it takes too long, started again when it is gone.

Symbolic work may run for ever or fill the memory; neither may touch the grader. Requests and replies are lines of JSON: trees
travel as text in the course's own notation and are parsed again, so nothing is unpickled and nothing evaluated.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from graders.kit.formula import Context, Node, to_plain

from .verdict import Options

MEMORY = 1_500_000_000
"""Bytes of address space that the worker may use."""

START_SECONDS = 20.0
"""How long a worker may take to import sympy."""

_PACKAGE = __name__.rpartition(".")[0]
_HOME = Path(__file__).resolve().parents[_PACKAGE.count(".") + 1]


class Worker:
    """A handle on the process. Calls are one at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._buffer = b""
        self._owner = 0

    def ask(self, request: dict[str, Any], seconds: float) -> bool | None:
        """The worker's answer, or None where it had none in time (it is then killed, and the next call starts a new one)."""
        with self._lock:
            try:
                process = self._running()
                if process is None or process.stdin is None:
                    return None
                process.stdin.write(json.dumps(request).encode() + b"\n")
                process.stdin.flush()
                reply = self._line(seconds)
            except (OSError, ValueError):
                reply = None
            if reply is None:
                self.stop()
                return None
            return bool(json.loads(reply).get("proved"))

    def stop(self) -> None:
        """End the process, if this process started one."""
        process, self._process, self._buffer = self._process, None, b""
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _running(self) -> subprocess.Popen[bytes] | None:
        if self._process is not None and self._owner == os.getpid() and self._process.poll() is None:
            return self._process
        self.stop()
        environment = {**os.environ, "PYTHONPATH": str(_HOME), "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
        command = [sys.executable, "-m", f"{_PACKAGE}.prover"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd=_HOME
        )
        self._owner = os.getpid()
        if self._line(START_SECONDS) is None:
            self.stop()
        return self._process

    def _line(self, seconds: float) -> bytes | None:
        """One line from the worker within the time, or None."""
        assert self._process is not None and self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        while b"\n" not in self._buffer:
            ready, _, _ = select.select([descriptor], [], [], seconds)
            data = os.read(descriptor, 65536) if ready else b""
            if not data:
                return None
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line


_WORKER = Worker()
atexit.register(_WORKER.stop)


def prove(student: Node, right: Node, context: Context, options: Options) -> bool:
    """Whether sympy shows the two equal (as far as `options` ask) within `options.seconds`. False says nothing."""
    request = {
        "context": context.to_dict(),
        "student": to_plain(student),
        "right": to_plain(right),
        "up_to": options.up_to,
        "free_of": list(options.free_of),
    }
    return _WORKER.ask(request, options.seconds) is True


def stop() -> None:
    """End the worker process; a later `prove` starts a fresh one."""
    _WORKER.stop()
