"""The first process in the sandbox: imports the heavy libraries once, then forks a walled-in child for every job.

It never runs a line of a student's code and never reads one of her files. Started by `bwrap.py` as
`python -s -S -P -B main.py SETTINGS`.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
from importlib.abc import MetaPathFinder
from types import ModuleType
from typing import Any

from . import isolation, kernel, landlock
from .child import serve
from .settings import Settings

STATUS = struct.Struct("<i")
FORK_FAILED = 120


class _Hidden(MetaPathFinder):
    """Refuses the names of our own packages, which the virtual environment may hold."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def find_spec(self, fullname: str, path: Any = None, target: ModuleType | None = None) -> None:
        """Raise for a hidden name, leave all others to the next finder."""
        if fullname.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


def main() -> None:
    """Prepare, say whether all is well, and serve until the parent hangs up."""
    settings = Settings.from_json(sys.argv[1])
    control = socket.socket(fileno=settings.control)
    control.set_inheritable(False)
    if settings.uid >= 0:
        # bubblewrap covers parts of /proc for root, and a kernel that sees them covered refuses a nested /proc.
        kernel.mount("proc", "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
        os.setgroups([])
        os.setresgid(settings.uid, settings.uid, settings.uid)
        os.setresuid(settings.uid, settings.uid, settings.uid)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.meta_path.insert(0, _Hidden(settings.hidden))
    missing = [name for name in settings.packages if not _preload(name)]
    nested = settings.nested and isolation.can_nest(settings.limits)
    gc.collect()
    # Objects that no collection ever touches stay on pages that the children share.
    gc.freeze()
    # The children of a zygote that shares their process namespace must not reach into it.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    zygote = Zygote(control, settings, nested)
    control.send(json.dumps({"mode": "nested" if nested else "recycled", "missing": missing, "landlock": zygote.abi}).encode())
    zygote.serve()


def _preload(name: str) -> bool:
    """Import a package and do what is slow the first time; False where it is not installed."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return False
    if name == "torch":
        _warm_torch()
    elif name == "librosa":
        _warm_librosa()
    elif name == "transformers":
        _warm_transformers()
    # TensorFlow is imported and no more: an operation before the fork would hang every child.
    return True


def _warm_torch() -> None:
    """One step of Adam, with one thread: with two, every child would hang in its first operation."""
    import torch

    torch.set_num_threads(1)
    weight = torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.Adam([weight])
    (weight * weight).sum().backward()  # type: ignore[no-untyped-call]
    optimizer.step()


def _warm_librosa() -> None:
    """The first MFCC compiles for seconds."""
    import librosa
    import numpy as np

    librosa.feature.mfcc(y=np.zeros(2048, np.float32), sr=16000)


def _warm_transformers() -> None:
    """Its classes are imported when they are first named, which takes seconds. Nothing is loaded with them: a tokenizer starts threads."""
    with contextlib.suppress(ImportError):  # a version without them
        from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration, WhisperTokenizer  # noqa: F401


class Zygote:
    """Forks on request and reports how each child ended."""

    def __init__(self, control: socket.socket, settings: Settings, nested: bool) -> None:
        self.control = control
        self.settings = settings
        self.nested = nested
        self.abi = landlock.version()
        # A forbidden package that a permitted one has imported already stays: libraries may use what students may not.
        folders = (os.path.join(path, name) for path in settings.paths for name in settings.forbidden if name not in sys.modules)
        self.covered = [folder for folder in folders if os.path.isdir(folder)]
        self._running: dict[int, tuple[int, int]] = {}

    def serve(self) -> None:
        """Answer the control socket and reap, until the parent hangs up."""
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        while True:
            for descriptor, _ in poll.poll(1000):
                if descriptor == self.control.fileno():
                    message, fds, _, _ = socket.recv_fds(self.control, 65536, 2)
                    if not message:
                        return
                    handle = self.handle(json.loads(message), fds)
                    if handle >= 0:
                        poll.register(handle, select.POLLIN)
                elif descriptor in self._running:
                    poll.unregister(descriptor)
                    self.ended(descriptor)
            self.reap_strays()

    def handle(self, message: dict[str, Any], fds: list[int]) -> int:
        """Do what the parent asks; returns the pidfd of a new child, or -1."""
        if message["op"] == "preload":
            missing = [name for name in message["packages"] if not _preload(name)]
            self.control.send(json.dumps({"missing": missing}).encode())
            return -1
        connection, status = fds
        pid = os.fork()
        if pid == 0:
            code = FORK_FAILED
            try:
                code = self.child(connection, status)
            finally:
                os._exit(code)
        os.close(connection)
        handle = os.pidfd_open(pid)
        self._running[handle] = (pid, status)
        return handle

    def child(self, connection: int, status: int) -> int:
        """In the forked child: leave the zygote's own descriptors behind and serve the job."""
        self.control.close()
        os.close(status)
        for handle, (_, other) in self._running.items():
            os.close(handle)
            os.close(other)
        null = os.open("/dev/null", os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        os.close(null)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if not self.nested:
            kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
            kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
            serve(socket.socket(fileno=connection), self.settings, self.abi)
            return 0
        isolation.enter_namespaces()
        return isolation.run_and_wait(lambda: self.first_process(connection), connection)

    def first_process(self, connection: int) -> None:
        """In the first process of the job's own namespaces."""
        isolation.mount_own(self.settings.limits, self.covered)
        serve(socket.socket(fileno=connection), self.settings, self.abi)

    def ended(self, handle: int) -> None:
        """Reap a child, clean up after it where it had no namespaces of its own, then report its wait status."""
        pid, pipe = self._running.pop(handle)
        os.close(handle)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if not self.nested:
            isolation.wipe()
        with contextlib.suppress(OSError):  # the parent may no longer care
            os.write(pipe, STATUS.pack(code))
        os.close(pipe)

    def reap_strays(self) -> None:
        """Reap processes that their parents left behind; children of ours are reaped by their pidfd."""
        own = {pid for pid, _ in self._running.values()}
        while True:
            try:
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if found is None or found.si_pid in own:
                return
            os.waitpid(found.si_pid, 0)
