"""The parent's side of the sandbox: starts bubblewrap, hands out jobs, and starts again where the sandbox broke."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import struct
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from typing import IO, Any

from graders.kit import wire
from graders.kit.errors import SandboxBroke, SandboxUnavailable

from . import bwrap
from .inside.settings import Limits, Settings
from .job import Job
from .process import Process

NOTEBOOK_PACKAGES = ("nbformat", "IPython.core.inputtransformer2")
NO_NAMESPACES = (
    "Allow user namespaces: `sudo sysctl -w kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0` "
    "(whichever of the two exists here); in Docker add `--security-opt seccomp=unconfined --security-opt apparmor=unconfined`."
)
_CREDENTIALS = struct.Struct("3i")


class Sandbox:
    """A warm sandbox for one grading worker: packages imported once, one walled-in process per job.

    `packages` are imported at the start, `forbidden` cannot be imported by student code. `nested=False` forces the mode for
    machines that refuse nested user namespaces: one job at a time, cleaned up after. Not for use from two threads at once.
    """

    def __init__(
        self,
        packages: Sequence[str] = ("numpy",),
        forbidden: Sequence[str] = (),
        limits: Limits | None = None,
        *,
        nested: bool = True,
    ) -> None:
        self.packages = tuple(dict.fromkeys(("numpy", *packages)))
        self.forbidden = tuple(forbidden)
        self.limits = limits or Limits()
        self.answer_limits = wire.Limits(size=self.limits.reply_mb * 2**20)
        self.mode = ""
        self.landlock = 0
        self._nested = nested
        self._control: socket.socket | None = None
        self._keeper: _Keeper | None = None
        self._zygote = 0
        self._extra: set[str] = set()
        self._live: set[Job] = set()

    def start(self) -> None:
        """Start it. Raises SandboxUnavailable with the reason and the remedy."""
        if self._control is not None and self._keeper is not None and self._keeper.alive():
            return
        self.close()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        settings = Settings(
            control=theirs.fileno(),
            uid=bwrap.unused_uid() if os.getuid() == 0 else -1,
            paths=tuple(bwrap.inside_paths()),
            packages=self.packages,
            forbidden=self.forbidden,
            hidden=bwrap.ROOMS,
            nested=self._nested,
            limits=self.limits,
        )
        with contextlib.ExitStack() as stack:
            stack.callback(theirs.close)
            self._keeper = _Keeper(bwrap.command(settings.to_json(), self.limits.disk_mb), theirs.fileno())
        self._control = ours
        try:
            told = self._wait_ready()
        except BaseException:
            self.close()
            raise
        self.mode, self.landlock = told["mode"], told["landlock"]
        if self.mode == "recycled" and not bwrap.sized():
            self.close()
            raise SandboxUnavailable(
                "Without nested user namespaces the sandbox needs bubblewrap 0.7 or newer, which can limit a tmpfs."
            )
        if told["missing"]:
            self.close()
            missing = " ".join(told["missing"])
            raise SandboxUnavailable(f"The assignment needs packages that are not installed here: pip install {missing}")

    def job(self, files: Mapping[str, bytes], modules: Sequence[str] = ()) -> Job:
        """A job over a submission's files (relative path: content).

        `modules` are the module names that a notebook stands in for, besides those that are asked for by `call`.
        """
        self.start()
        job = Job(self, files, tuple(modules))
        if any(name.endswith(".ipynb") for name in files):
            self._preload(NOTEBOOK_PACKAGES)
        return job

    def spawn(self, job: Job) -> Process:
        """A fresh process for a job. Raises SandboxBroke, after which the next attempt starts a fresh sandbox."""
        self.start()
        if self.mode == "recycled":
            for other in list(self._live):
                other.close()
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        reading, writing = os.pipe()
        try:
            self._send({"op": "job"}, [theirs.fileno(), writing])
        except SandboxBroke:
            ours.close()
            os.close(reading)
            raise
        finally:
            theirs.close()
            os.close(writing)
        try:
            process = Process(ours, reading, self.limits, self._zygote, self.mode == "nested")
        except SandboxBroke:
            self.close()
            raise
        self._live.add(job)
        return process

    def forget(self, job: Job) -> None:
        """A job's process is gone."""
        self._live.discard(job)

    def close(self) -> None:
        """End the sandbox and all in it."""
        control, self._control = self._control, None
        keeper, self._keeper = self._keeper, None
        if control is not None:
            control.close()
        if keeper is not None:
            keeper.end()
        live, self._live = self._live, set()
        for job in live:
            job.close()
        self._extra.clear()

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _preload(self, packages: Sequence[str]) -> None:
        """Have the zygote import packages that only some submissions need, once."""
        if self._extra.issuperset(packages):
            return
        self._send({"op": "preload", "packages": list(packages)}, [])
        missing = {name.partition(".")[0].lower() for name in self._hear(self.limits.start_seconds)["missing"]}
        if missing:
            raise SandboxUnavailable(
                f"Grading a notebook takes packages that are not installed here: pip install {' '.join(missing)}"
            )
        self._extra.update(packages)

    def _send(self, message: dict[str, Any], descriptors: list[int]) -> None:
        assert self._control is not None
        try:
            socket.send_fds(self._control, [json.dumps(message).encode()], descriptors)
        except OSError as error:
            self.close()
            raise SandboxBroke(f"the sandbox has ended: {error}") from error

    def _hear(self, seconds: float) -> dict[str, Any]:
        """The zygote's next message, with its process id noted. Raises SandboxBroke."""
        assert self._control is not None
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        try:
            poll.poll(1000 * seconds)
            message, ancillary, _, _ = self._control.recvmsg(65536, socket.CMSG_SPACE(_CREDENTIALS.size), socket.MSG_DONTWAIT)
        except OSError:
            message, ancillary = b"", []
        if not message or not ancillary:
            raise SandboxBroke("the sandbox did not answer")
        self._zygote = _CREDENTIALS.unpack(ancillary[0][2])[0]
        told: dict[str, Any] = json.loads(message)
        return told

    def _wait_ready(self) -> dict[str, Any]:
        assert self._keeper is not None
        if self._keeper.problem is not None:
            raise SandboxUnavailable(f"bubblewrap cannot be started: {self._keeper.problem}. {bwrap.INSTALL}")
        try:
            return self._hear(self.limits.start_seconds)
        except SandboxBroke:
            words = self._keeper.words() or f"it was not ready after {self.limits.start_seconds:g} s"
            remedy = NO_NAMESPACES if "namespace" in words or "uid map" in words or "Operation not permitted" in words else ""
            raise SandboxUnavailable(f"The sandbox does not start: {words} {remedy}".strip()) from None


class _Keeper:
    """Starts bubblewrap from a thread that lives as long as it does.

    The kernel sends the signal of `--die-with-parent` when the creating *thread* ends, not the process.
    """

    def __init__(self, command: list[str], descriptor: int) -> None:
        self.problem: OSError | None = None
        self._errors: IO[bytes] = tempfile.TemporaryFile()
        self._process: subprocess.Popen[bytes] | None = None
        started = threading.Event()
        self._thread = threading.Thread(target=self._keep, args=(command, descriptor, started), name="sandbox", daemon=True)
        self._thread.start()
        started.wait()

    def _keep(self, command: list[str], descriptor: int, started: threading.Event) -> None:
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                pass_fds=(descriptor,),
                cwd="/",
            )
        except OSError as error:
            self.problem = error
        finally:
            started.set()
        if self._process is not None:
            self._process.wait()

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process is not None and self._process.returncode is None and self._thread.is_alive()

    def words(self) -> str:
        """The end of what it wrote to stderr."""
        self._errors.seek(0)
        return self._errors.read()[-1500:].decode("utf-8", "replace").strip()

    def end(self) -> None:
        """Kill it, which kills all in it, and wait."""
        if self._process is not None:
            self._process.kill()
        self._thread.join(10.0)
        self._errors.close()


def probe() -> tuple[bool, str]:
    """Whether this machine can isolate, and in which mode, or the reason and the remedy."""
    try:
        with Sandbox() as sandbox:
            job = sandbox.job({"probe.py": b"def answer():\n    return 42\n"})
            if job.call("probe", "answer") != 42:
                return False, "The sandbox starts, but does not answer as it should."
            return True, f"The sandbox works ({sandbox.mode})."
    except (SandboxUnavailable, SandboxBroke) as error:
        return False, str(error)
