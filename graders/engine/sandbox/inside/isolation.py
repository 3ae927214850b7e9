"""How a forked child walls itself in, step by step, before it runs a line of a student's code."""

from __future__ import annotations

import os
import resource
import shutil
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from . import kernel, landlock, seccomp
from .settings import Limits

MIB = 2**20
NAMESPACES = kernel.CLONE_NEWUSER | kernel.CLONE_NEWPID | kernel.CLONE_NEWNS | kernel.CLONE_NEWIPC | kernel.CLONE_NEWNET
MAX_INODES = 20_000
MAX_OPEN_FILES = 512


def enter_namespaces() -> None:
    """Give this process's next child namespaces of its own. Raises OSError where nested user namespaces are refused."""
    uid, gid = os.getuid(), os.getgid()
    # After a change of user the kernel hides /proc/self from its own process; the maps below are written there.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
    kernel.unshare(NAMESPACES)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def mount_own(limits: Limits, covered: Sequence[str] = ()) -> None:
    """Mount what a job has to itself: /proc with its own processes only, and an empty /tmp and /dev/shm of limited size.

    The folders `covered` become empty: forbidden packages, beyond the reach of whoever gets around the import guard.
    """
    kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
    safe = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("proc", "/proc", "proc", safe | kernel.MS_NOEXEC)
    for path in landlock.WRITABLE:
        kernel.mount("tmpfs", path, "tmpfs", safe, f"size={limits.disk_mb * MIB},nr_inodes={MAX_INODES},mode=700")
    for path in covered:
        kernel.mount("tmpfs", path, "tmpfs", safe | kernel.MS_RDONLY, "size=4k,nr_inodes=2")


def wall_in(limits: Limits, landlock_abi: int) -> None:
    """Resource limits, no capabilities, Landlock, the system call filter: the last step before a student's code."""
    os.umask(0o077)
    data = _data_segment() + limits.memory_mb * MIB
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_FSIZE, limits.disk_mb * MIB),
        # Not RLIMIT_AS: PyTorch and TensorFlow reserve far more address space than they use.
        (resource.RLIMIT_DATA, data),
    ):
        hard = resource.getrlimit(kind)[1]
        bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bounded, bounded))
    kernel.drop_capabilities()
    landlock.restrict(landlock_abi)
    seccomp.install()


def _data_segment() -> int:
    """Bytes that count for RLIMIT_DATA already: the zygote's own, which the child shares."""
    with open("/proc/self/status") as file:
        lines = dict(line.split(":", 1) for line in file)
    return 1024 * int(lines["VmData"].split()[0])


def can_nest(limits: Limits) -> bool:
    """Whether a child of this process can have namespaces and mounts of its own: tried on a real child."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            enter_namespaces()
            status = run_and_wait(lambda: mount_own(limits))
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def run_and_wait(work: Callable[[], object], connection: int = -1) -> int:
    """Do the work in a child, which the new process namespace makes its first; end as it ends.

    The child alone keeps `connection`.
    """
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            work()
            status = 0
        finally:
            os._exit(status)
    if connection >= 0:
        os.close(connection)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


def wipe() -> None:
    """After a job that had no namespaces of its own: end all it left running, empty all it could write to.

    Only for the first process of a process namespace, which `kill(-1)` spares. What cannot be removed raises OSError, which
    ends the zygote, and with it everything there was.
    """
    while True:
        try:
            os.kill(-1, signal.SIGKILL)
            os.waitpid(-1, 0)
        except (ProcessLookupError, ChildProcessError):
            break
    for folder in landlock.WRITABLE:
        for entry in Path(folder).iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
