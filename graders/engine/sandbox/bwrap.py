"""The bubblewrap command line: what the sandbox can see, which is little, and of it nothing to write but two small tmpfs.

bubblewrap starts the zygote as the first process of fresh namespaces. An ordinary user gets there by a user namespace; root
binds as root (its Python may lie in a folder that nobody else may enter) and the zygote becomes an unused user at once, because
the kernel exempts root from its limit of processes.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
from pathlib import Path

from graders.kit.errors import SandboxUnavailable

from .inside.landlock import WRITABLE

HOME = Path("/sanjeh")
NOBODY = 65534
FIRST_UNUSED_UID = 61_000
MIB = 2**20

# What the zygote needs as root until it becomes an unused user: to do just that, and to mount /proc once more.
FIRST_CAPABILITIES = ("CAP_SETUID", "CAP_SETGID", "CAP_SYS_ADMIN")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives")
# Our own packages. Where they are installed into the environment that the sandbox sees, they are covered and cannot be imported.
ROOMS = ("assignments", "benchmarks", "graders", "reference", "reports", "seeds", "tests")
REPOSITORY = Path(__file__).resolve().parents[3]
KIT = Path(__file__).resolve().parents[2] / "kit"
INSIDE = Path(__file__).resolve().parent / "inside"

INSTALL = "Install it: `sudo apt install bubblewrap` (Debian, Ubuntu), `sudo dnf install bubblewrap` (Fedora)."
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp",
    "USER": "student",
    "LOGNAME": "student",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "MPLBACKEND": "Agg",
    "NUMBA_CACHE_DIR": "/tmp/numba",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # For a Python that is shown elsewhere than it was built for.
    "LD_LIBRARY_PATH": str(HOME / "python-0" / "lib"),
    "CUDA_VISIBLE_DEVICES": "",
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"),
}


def executable() -> str:
    """The path of bubblewrap. Raises SandboxUnavailable with the remedy."""
    if not sys.platform.startswith("linux"):
        raise SandboxUnavailable(f"The sandbox needs Linux; this is {sys.platform}. Use Linux, a Linux VM, or WSL 2.")
    found = shutil.which("bwrap")
    if not found:
        raise SandboxUnavailable(f"bubblewrap (`bwrap`) is not installed. {INSTALL}")
    return found


def sized() -> bool:
    """Whether this bubblewrap can limit the size of a tmpfs, as it can from 0.7 on."""
    told = subprocess.run([executable(), "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)\.(\d+)", told)
    return found is not None and (int(found[1]), int(found[2])) >= (0, 7)


def interpreter() -> Path:
    """The Python that a virtual environment is made of: it needs no file of the environment to start."""
    return Path(getattr(sys, "_base_executable", None) or sys.executable).resolve()


def site_folders() -> list[Path]:
    """Where installed packages lie, in the order of `sys.path`; never a folder that only a `.pth` file added."""
    folders = (Path(entry) for entry in sys.path if Path(entry).name in {"site-packages", "dist-packages"})
    return [folder.resolve() for folder in folders if folder.is_dir()]


def unused_uid() -> int:
    """A user id that nobody has, and no other sandbox of this machine is likely to have."""
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    start = FIRST_UNUSED_UID + os.getpid() % 3000
    return next(uid for uid in range(start, start + 1000) if uid not in taken)


def inside_paths() -> list[str]:
    """Where `site_folders` lie inside. Not at their own paths: a virtual environment may lie in /tmp, which a job has to itself."""
    return [str(HOME / f"site-{number}") for number, _ in enumerate(site_folders())]


def command(settings: str, disk_mb: int) -> list[str]:
    """The whole command line; `settings` is the zygote's only argument."""
    line = [executable(), *_namespaces(), "--die-with-parent", "--new-session", "--as-pid-1", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        line += ["--setenv", name, value]
    line += [argument for path in SYSTEM for argument in _system(Path(path))]
    for prefix in prefixes():
        line += _bind(prefix, _shown(prefix))
    line += _covers()
    for site, shown in zip(site_folders(), inside_paths(), strict=True):
        line += _bind(site, Path(shown))
        line += [argument for room in ROOMS if (site / room).is_dir() for argument in _cover(f"{shown}/{room}")]
    line += [*_bind(KIT, HOME / "kit"), *_bind(INSIDE, HOME / "inside")]
    line += ["--proc", "/proc", "--dev", "/dev"]
    for path in WRITABLE:
        line += [*(("--size", str(disk_mb * MIB)) if sized() else ()), "--perms", "1777", "--tmpfs", path]
    # bubblewrap's own / and /dev are writable, unlimited tmpfs unless remounted.
    line += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"]
    return [*line, str(_shown(interpreter())), "-s", "-S", "-P", "-B", str(HOME / "inside" / "main.py"), settings]


def _namespaces() -> list[str]:
    if os.getuid() == 0:
        separate = ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
        return [*separate, "--cap-drop", "ALL", *(part for name in FIRST_CAPABILITIES for part in ("--cap-add", name))]
    return ["--unshare-user", "--unshare-all", "--cap-drop", "ALL", "--uid", str(NOBODY), "--gid", str(NOBODY)]


def _system(path: Path) -> list[str]:
    if path.is_symlink() and path.parent == Path("/"):
        return ["--symlink", os.readlink(path), str(path)]
    return ["--ro-bind-try", str(path), str(path)]


def prefixes() -> list[Path]:
    """Where the interpreter and the standard library lie, unless /usr shows them already."""
    prefixes = sorted({Path(prefix).resolve() for prefix in (sys.base_prefix, sys.base_exec_prefix)})
    for prefix in prefixes:
        if prefix in {Path("/"), Path.home().resolve()}:
            raise SandboxUnavailable(f"Python lies in {prefix} itself, which student code must not see; use another Python.")
    return [prefix for prefix in prefixes if not prefix.is_relative_to("/usr")]


def _shown(path: Path) -> Path:
    """Where a path of the interpreter lies inside."""
    for number, prefix in enumerate(prefixes()):
        if path.is_relative_to(prefix) and any(path.is_relative_to(folder) for folder in WRITABLE):
            return HOME / f"python-{number}" / path.relative_to(prefix)
    return path


def _bind(source: Path, shown: Path) -> list[str]:
    # bubblewrap makes missing folders for root alone; the unused user has to pass through them.
    passed = [part for folder in reversed(shown.parents[:-1]) for part in ("--perms", "0755", "--dir", str(folder))]
    return [*passed, "--ro-bind", str(source), str(shown)]


def _cover(path: str) -> list[str]:
    return ["--tmpfs", path, "--remount-ro", path]


def _covers() -> list[str]:
    """Our own code where the binds so far show it, and the environment's editable links to it."""
    shown = [Path("/usr"), *prefixes()]
    # Where we are installed into site-packages, that folder is shown, and only our packages in it are covered.
    inside = REPOSITORY not in site_folders() and any(REPOSITORY.is_relative_to(folder) for folder in shown)
    line = _cover(str(REPOSITORY)) if inside else []
    for site in site_folders():
        if any(site.is_relative_to(folder) for folder in shown):
            line += [argument for room in ROOMS if (site / room).is_dir() for argument in _cover(str(site / room))]
    return line
