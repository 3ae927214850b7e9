"""One walled-in process as the parent sees it: a socket, a process to kill, and a clock that reads its whole tree.

Nothing here waits without an end: the parent sends and receives only what the socket takes at once, and between looks at what
the job's processes have used.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import time
from collections import deque
from collections.abc import Generator
from typing import Any

from graders.kit import frames, wire
from graders.kit.errors import SandboxBroke

from . import processes
from .inside.settings import Limits

# A call is looked at first after this long, then at this interval (seconds).
FIRST_LOOK, LOOK = 0.02, 0.03
# The wall clock lets a call last WALL_FACTOR times its budget and WALL_EXTRA seconds more: machines are busy.
WALL_FACTOR, WALL_EXTRA, WORKED_FACTOR = 3.0, 10.0, 5.0
HELLO_SECONDS = 20.0
END_SECONDS = 3.0
_CREDENTIALS = struct.Struct("3i")
_STATUS = struct.Struct("<i")
# Ends that tell what happened. Others are the student's to choose, so they are not repeated.
_SIGNALS: dict[int, str] = {
    signal.SIGSEGV: "a segmentation fault",
    signal.SIGABRT: "an abort",
    signal.SIGBUS: "a bus error",
    signal.SIGFPE: "an arithmetic fault",
    signal.SIGKILL: "it was killed",
}


class OutOfTime(Exception):
    """The budget is spent; `how` says which."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class OutOfMemory(Exception):
    """The processes of the job hold more than `limit_mb`."""

    def __init__(self, limit_mb: int) -> None:
        super().__init__(limit_mb)
        self.limit_mb = limit_mb


class Ended(Exception):
    """The process ended, or hung up, in the middle of a call; `how` says so."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class Budget:
    """Processor seconds for a call and its import, and the backstop on the wall clock."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.wall = WALL_FACTOR * seconds + WALL_EXTRA
        self.deadline = time.monotonic() + self.wall
        self.spent = 0.0

    def check(self) -> None:
        """Raise OutOfTime where either is spent."""
        if self.spent > self.seconds:
            raise OutOfTime(f"used more than {self.seconds:g} s of processor time")
        # A machine that gives a working job little time is no fault of the job: what it has worked moves the end.
        if time.monotonic() > self.deadline + WORKED_FACTOR * self.spent:
            raise OutOfTime(f"was still not done after {self.wall:g} s, though it hardly used the processor; perhaps it waits")


class Process:
    """A child of the zygote with the namespaces, limits and files of one job."""

    def __init__(self, connection: socket.socket, status: int, limits: Limits, zygote: int, nested: bool) -> None:
        self._connection = connection
        self._status = status
        self._limits = limits
        self._answers = wire.Limits(size=limits.reply_mb * 2**20)
        self._zygote = zygote
        self._nested = nested
        self._handle = -1
        try:
            self.pid = self._greet()
            self._handle = os.pidfd_open(self.pid)
        except (OSError, SandboxBroke) as error:
            self.close()
            raise SandboxBroke(f"a sandboxed process did not start: {error}") from error
        self._baseline = processes.memory(self.pid)
        connection.setblocking(False)

    def send_files(self, job: dict[str, Any]) -> None:
        """Hand the job's files in. Raises SandboxBroke: no student's code has run yet."""
        pieces = frames.pack(bytes(frames.NONCE_BYTES), job, wire.TRUSTED, name="files")
        try:
            self._pump(pieces, None, Budget(HELLO_SECONDS))
        except (OutOfTime, Ended, OutOfMemory) as error:
            raise SandboxBroke(f"a sandboxed process did not take its files: {error}") from error

    def exchange(self, pieces: list[memoryview], budget: Budget) -> frames.Frame:
        """Send a question, return the frame that comes back. Raises OutOfTime, OutOfMemory, Ended or AnswerRejected."""
        frame = self._pump(pieces, frames.receive(self._answers), budget)
        assert frame is not None
        return frame

    def close(self) -> bool:
        """Kill all processes of the job; False where what it left behind could not be cleaned up in `END_SECONDS`."""
        if self._handle >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            os.close(self._handle)
            self._handle = -1
        self._connection.close()
        if self._status >= 0:
            status, self._status = self._status, -1
            try:
                # The zygote reports when it has cleaned up; with namespaces of its own a job leaves nothing to clean.
                if not self._nested:
                    _read_status(status)
            except SandboxBroke:
                return False
            finally:
                os.close(status)
        return True

    def _greet(self) -> int:
        """Wait for the hello and take the sender's process id from the kernel, not from the sender."""
        self._connection.settimeout(HELLO_SECONDS)
        message, ancillary, _, _ = self._connection.recvmsg(1, socket.CMSG_SPACE(_CREDENTIALS.size))
        if message != b"!" or not ancillary:
            raise SandboxBroke("it said something else than hello")
        pid, _, _ = _CREDENTIALS.unpack(ancillary[0][2])
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
        return int(pid)

    def _roots(self) -> list[int]:
        # Without namespaces of its own, what the job leaves behind becomes the zygote's child.
        return [self.pid] if self._nested else [self.pid, *processes.children(self._zygote)]

    def _pump(
        self, pieces: list[memoryview], reader: Generator[memoryview, None, frames.Frame] | None, budget: Budget
    ) -> frames.Frame | None:
        """Send the pieces while there are any and fill what the reader asks for until it has its frame."""
        outgoing = deque(pieces)
        incoming = next(reader) if reader else None
        start = processes.cpu_seconds(self.pid) - budget.spent
        poll = select.poll()
        poll.register(self._handle, select.POLLIN)
        look_at = time.monotonic() + FIRST_LOOK
        while outgoing or incoming is not None:
            poll.register(self._connection, (select.POLLOUT if outgoing else 0) | (select.POLLIN if reader else 0))
            events = dict(poll.poll(max(0.0, 1000 * (look_at - time.monotonic()))))
            mine = events.pop(self._connection.fileno(), 0)
            if mine & select.POLLIN and reader and incoming is not None:
                try:
                    incoming = self._receive(incoming) or next(reader)
                except StopIteration as stop:
                    budget.spent = processes.cpu_seconds(self.pid) - start
                    frame: frames.Frame = stop.value
                    return frame
            elif mine & select.POLLOUT and outgoing:
                self._send(outgoing)
            elif events or mine:
                raise Ended(self._how_it_ended())
            if (now := time.monotonic()) >= look_at:
                self._look(start, budget)
                # Many processes take long to look at: never spend more than a fifth of the time on it.
                look_at = time.monotonic() + max(LOOK, 5 * (time.monotonic() - now))
        return None

    def _send(self, outgoing: deque[memoryview]) -> None:
        try:
            sent = self._connection.send(outgoing[0])
        except BlockingIOError:
            return
        except OSError:
            raise Ended(self._how_it_ended()) from None
        outgoing[0] = outgoing[0][sent:]
        if not outgoing[0]:
            outgoing.popleft()

    def _receive(self, piece: memoryview) -> memoryview:
        """Fill what has come of the piece; returns what is still to fill, which is empty (and false) when it is full."""
        try:
            got = self._connection.recv_into(piece)
        except BlockingIOError:
            return piece
        except OSError:
            got = 0
        if not got:
            raise Ended(self._how_it_ended())
        return piece[got:]

    def _look(self, start: float, budget: Budget) -> None:
        """Hold what the job's processes have used against the limits."""
        used = processes.usage(self._roots(), self._baseline)
        # A job's process that ended without being waited for takes its time with it: never count backwards.
        budget.spent = max(budget.spent, used.cpu - start)
        budget.check()
        limit = self._limits.memory_mb * 2**20
        # The quick sum counts pages that a fork shares once for each process; only the slow one can accuse.
        if used.memory > limit and processes.shared_out(self._roots(), used.memory) > limit:
            raise OutOfMemory(self._limits.memory_mb)

    def _how_it_ended(self) -> str:
        """Words for the end of the process. Raises SandboxBroke where the zygote went with it."""
        poll = select.poll()
        poll.register(self._handle, select.POLLIN)
        if not poll.poll(500):
            return "it closed its connection to the grader"
        try:
            code = _read_status(self._status)
        except SandboxBroke:
            if self._nested:
                raise
            return "it left behind what could not be cleaned up in time"
        if code < 0:
            return _SIGNALS.get(-code, "it was ended by a signal")
        return "it exited before it had answered"


def _read_status(pipe: int) -> int:
    """The exit code of a process (negative: minus the signal) as the zygote reports it. Raises SandboxBroke."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    told = os.read(pipe, _STATUS.size) if poll.poll(1000 * END_SECONDS) else b""
    if len(told) != _STATUS.size:
        raise SandboxBroke("the sandbox itself ended while a job ran")
    return int(_STATUS.unpack(told)[0])
