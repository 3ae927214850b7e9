"""Landlock (landlock(7)): a second lock on the file system, which holds even where a mount were writable by mistake."""

from __future__ import annotations

import ctypes
import os
import struct

from . import kernel

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
# All file system rights by version of the interface: REFER came with 2, TRUNCATE with 3, IOCTL_DEV with 5.
_RIGHTS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
_IOCTL_DEV = 0x8000
_PATH_BENEATH = 1
_VERSION_FLAG = 1

WRITABLE = ("/tmp", "/dev/shm")
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def version() -> int:
    """The version of Landlock that the kernel has; 0 where it has none or it is switched off."""
    try:
        return kernel.syscall(kernel.SYS_LANDLOCK_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def restrict(abi: int) -> None:
    """Allow reading everywhere and writing only in `WRITABLE` and to `DEVICES`, for good. Needs no_new_privs."""
    if not abi:
        return
    rights = _RIGHTS[min(abi, max(_RIGHTS))]
    attributes = ctypes.create_string_buffer(struct.pack("<Q", rights), 8)
    ruleset = kernel.syscall(kernel.SYS_LANDLOCK_CREATE_RULESET, attributes, 8, 0)
    try:
        _allow(ruleset, "/", (_EXECUTE | _READ_FILE | _READ_DIR) & rights)
        for path in WRITABLE:
            _allow(ruleset, path, rights)
        for path in DEVICES:
            if os.path.exists(path):
                _allow(ruleset, path, (_WRITE_FILE | _READ_FILE | _IOCTL_DEV) & rights)
        kernel.syscall(kernel.SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = ctypes.create_string_buffer(struct.pack("<Qi", rights, folder), 12)
        kernel.syscall(kernel.SYS_LANDLOCK_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(folder)
