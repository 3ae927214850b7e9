"""A system call filter of our own making: everything that grading code needs passes, what helps an escape does not.

The filter is classic BPF over `struct seccomp_data` (seccomp(2)): nr at byte 0, architecture at 4, low words of the arguments from
16 on, 8 apart (both machines are little-endian). Denied calls fail with EPERM, so a library that only tries can go on.
"""

from __future__ import annotations

import ctypes
import errno
import struct

from . import kernel

_LOAD, _JUMP_EQUAL, _JUMP_ABOVE, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _FAIL = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_MODE_FILTER = 2
_X32_BIT = 0x40000000
AF_UNIX = 1

# CLONE_NEW* for every kind of namespace.
_NEW_NAMESPACES = 0x00000080 | 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# Name: (number on x86_64, number on aarch64); None where the machine has no such call.
_DENIED: dict[str, tuple[int | None, int | None]] = {
    # other processes' memory and descriptors
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    # namespaces and mounts
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    # kernel surface that no exercise needs
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225),
    "acct": (163, 89), "quotactl": (179, 60), "syslog": (103, 116), "vhangup": (153, 58), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "adjtimex": (159, 171), "clock_adjtime": (305, 266), "fanotify_init": (300, 262),
    "iopl": (172, None), "ioperm": (173, None), "modify_ldt": (154, None), "lookup_dcookie": (212, 18), "nfsservctl": (180, 42),
    # memory that no limit of ours sees: not mapped, not in a tmpfs with a size
    "memfd_create": (319, 279), "memfd_secret": (447, 447),
    # System V and POSIX queues: they outlive a process where jobs share an IPC namespace
    "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180),
}  # fmt: skip
# These answer ENOSYS: libraries then take the older call, whose arguments the filter can see, or do without.
_ABSENT: dict[str, tuple[int | None, int | None]] = {
    "clone3": (435, 435), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
}  # fmt: skip
_CLONE, _SOCKET, _SOCKETPAIR = (56, 220), (41, 198), (53, 199)


def program(machine: str) -> list[tuple[int, int, int, int]]:
    """The filter as BPF instructions (code, jump if true, jump if false, constant)."""
    column = list(_ARCHITECTURES).index(machine)
    code = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, _ARCHITECTURES[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_ABOVE, 0, 1, _X32_BIT),
        (_RETURN, 0, 0, _FAIL | errno.ENOSYS),
    ]
    for table, error in ((_DENIED, errno.EPERM), (_ABSENT, errno.ENOSYS)):
        for numbers in table.values():
            number = numbers[column]
            if number is not None:
                code += [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _FAIL | error)]
    # clone(2): threads and forks pass, new namespaces do not. After the test the accumulator no longer holds the number, so
    # each branch ends in a return.
    code += [
        (_JUMP_EQUAL, 0, 4, _CLONE[column]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_JUMP_ANY_BIT, 0, 1, _NEW_NAMESPACES),
        (_RETURN, 0, 0, _FAIL | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    for number in (_SOCKET[column], _SOCKETPAIR[column]):
        code += [
            (_JUMP_EQUAL, 0, 4, number),
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            (_JUMP_EQUAL, 1, 0, AF_UNIX),
            (_RETURN, 0, 0, _FAIL | errno.EAFNOSUPPORT),
            (_RETURN, 0, 0, _ALLOW),
        ]
    return [*code, (_RETURN, 0, 0, _ALLOW)]


def install() -> None:
    """Put the filter over this process and all that it starts, for good. Needs no_new_privs."""
    packed = b"".join(struct.pack("<HBBI", *instruction) for instruction in program(kernel.MACHINE))
    instructions = ctypes.create_string_buffer(packed)
    header = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", len(packed) // 8, ctypes.addressof(instructions)))
    kernel.prctl(kernel.PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(header))
