"""What a hostile submission might try: source, and how the call must end.

Each source defines `run(facts)`; `facts` holds places of the grading machine that the sandbox must not reach. `ends` are the
names of the faults that may come of it; `answers` says whether an answer is fine, where one may come back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Attack:
    """`seconds` is the CPU budget of the call; a call that only waits would take ten seconds more, so few do."""

    name: str
    source: str
    ends: tuple[str, ...] = ()
    answers: Callable[[Any], bool] | None = None
    seconds: float = 1.0
    works_outside: bool = False


def _refused(answer: Any) -> bool:
    """The attack reports for each way that it tried whether it got anything."""
    return isinstance(answer, dict) and bool(answer) and set(answer.values()) == {"refused"}


# Attacks that try several ways and report how each was stopped use this.
TRY = """
def attempt(ways):
    told = {}
    for name, way in ways.items():
        try:
            told[name] = "got " + repr(way())[:60]
        except BaseException as error:
            told[name] = "refused"
    return told
"""

REACH = [
    Attack("read files of the grading machine", TRY + '''
def run(facts):
    return attempt({path: lambda path=path: open(path).read(1) for path in facts["secrets"]})
''', answers=_refused, works_outside=True),
    Attack("list folders of the grading machine", TRY + '''
import os
def run(facts):
    return attempt({path: lambda path=path: os.listdir(path) for path in facts["folders"]})
''', answers=_refused, works_outside=True),
    Attack("read through a symbolic link", TRY + '''
import os
def run(facts):
    os.symlink(facts["secrets"][0], "link")
    os.symlink("/", "root")
    return attempt({"file": lambda: open("link").read(), "root": lambda: open("root" + facts["secrets"][0]).read(),
                    "climb": lambda: open("../" * 30 + facts["secrets"][0].lstrip("/")).read()})
''', answers=_refused, works_outside=True),
    Attack("import what is ours", TRY + '''
import importlib
def run(facts):
    names = ["reference", "graders", "graders.speech_hw4", "seeds", "reports", "benchmarks", "assignments", "tests"]
    return attempt({name: lambda name=name: importlib.import_module(name) for name in names})
''', answers=_refused, works_outside=True),
    Attack("write outside /tmp and /dev/shm", TRY + '''
import os
def run(facts):
    paths = ["/escape", "/usr/escape", "/etc/escape", "/sanjeh/kit/escape.py", "/sanjeh/inside/child.py", "/dev/escape",
             "/proc/sys/kernel/hostname", "/proc/sysrq-trigger", "/proc/self/oom_score_adj_", np.__file__]
    return attempt({path: lambda path=path: open(path, "w") for path in paths})
import numpy as np
''', answers=_refused),
    Attack("find a descriptor of the grader", '''
import os
def run(facts):
    found = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if os.path.lexists(f"/proc/self/fd/{fd}")]
    return sorted(name for name in found if name != "/dev/null" and not name.startswith("/proc/"))
''', answers=lambda answer: len(answer) == 1 and answer[0].startswith("socket:")),
    Attack("see other processes", '''
import os
def run(facts):
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]
''', answers=lambda answer: len(answer) <= 2, works_outside=True),
    Attack("read the first process", TRY + '''
import os
def run(facts):
    if os.getpid() == 1:
        return {"nothing above": "refused"}
    return attempt({name: lambda name=name: open("/proc/1/" + name, "rb").read(1)
                    for name in ["environ", "mem", "maps", "fd/3", "root/etc/shadow"]})
''', answers=_refused),
    Attack("find secrets in the environment", '''
import os
def run(facts):
    return sorted(key for key, value in os.environ.items() if "SECRET" in key or "SECRET" in value)
''', answers=lambda answer: answer == [], works_outside=True),
    Attack("reach the network", TRY + '''
import socket
def udp():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b"x", ("127.0.0.1", 9))
def run(facts):
    return attempt({
        "tcp": lambda: socket.create_connection(("127.0.0.1", facts["port"]), 1),
        "udp": udp,
        "tcp6": lambda: socket.socket(socket.AF_INET6),
        "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "name": lambda: socket.getaddrinfo("example.org", 80),
        "abstract": lambda: socket.socket(socket.AF_UNIX).connect(facts["abstract"]),
    })
''', answers=_refused, works_outside=True),
    Attack("trace, mount, make namespaces", TRY + '''
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result
def run(facts):
    return attempt({
        "ptrace": lambda: checked(libc.ptrace(0, 0, 0, 0)),
        "attach": lambda: checked(libc.ptrace(16, 1, 0, 0)),
        "unshare": lambda: checked(libc.unshare(0x10000000)),
        "mount": lambda: checked(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)),
        "umount": lambda: checked(libc.umount2(b"/tmp", 2)),
        "chroot": lambda: os.chroot("/tmp"),
        "setuid": lambda: os.setuid(0),
        "setns": lambda: checked(libc.setns(0, 0)),
        "keyctl": lambda: checked(libc.syscall(250, 0, 0)),
        "bpf": lambda: checked(libc.syscall(321, 0, 0, 0)),
        "clone": lambda: checked(libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)),
        "io_uring": lambda: checked(libc.syscall(425, 1, 0)),
    })
''', answers=_refused),
    Attack("raise its own limits", TRY + '''
import resource
def raised(kind):
    resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
def run(facts):
    return attempt({name: lambda name=name: raised(getattr(resource, name)) for name in ["RLIMIT_NPROC", "RLIMIT_DATA", "RLIMIT_FSIZE"]})
''', answers=_refused),
]  # fmt: skip

EXHAUST = [
    Attack("fork bomb", '''
import os
def run(facts):
    while True:
        try:
            os.fork()
        except OSError:
            pass
''', ends=("TimedOut", "ProcessDied", "AnswerRejected", "MemoryExceeded")),
    Attack("as many processes as there can be", '''
import os, time
def run(facts):
    count = 0
    try:
        while count < 500:
            if os.fork() == 0:
                time.sleep(20)
                os._exit(0)
            count += 1
    except OSError:
        pass
    return count
''', answers=lambda answer: 10 < answer < 48, seconds=5.0),
    Attack("bomb of threads", '''
import threading, time
def run(facts):
    count = 0
    try:
        while count < 5000:
            threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
            count += 1
    except RuntimeError:
        pass
    return count
''', ends=("CodeRaised", "MemoryExceeded"), answers=lambda answer: answer < 100),
    Attack("memory bomb in one piece", '''
def run(facts):
    return len(bytes(8 * 2**30))
''', ends=("MemoryExceeded",)),
    Attack("memory bomb in small pieces", '''
def run(facts):
    kept = []
    while True:
        kept.append(bytearray(1000))
''', ends=("MemoryExceeded",), seconds=20.0),
    Attack("memory bomb over many processes", '''
import os, time
def run(facts):
    for _ in range(20):
        if os.fork() == 0:
            kept = b"x" * (150 * 2**20)
            time.sleep(30)
            os._exit(0)
    time.sleep(30)
''', ends=("MemoryExceeded",), seconds=20.0),
    Attack("memory in files without a name", '''
import os
def run(facts):
    kept = []
    for number in range(40):
        kept.append(os.memfd_create("x"))
        for _ in range(40):
            os.write(kept[-1], bytes(2**20))
    return len(kept)
''', ends=("CodeRaised", "MemoryExceeded"), seconds=5.0),
    Attack("fill /tmp and /dev/shm", '''
def run(facts):
    told = []
    for folder in ("/tmp", "/dev/shm"):
        number, written = 0, 0
        try:
            while True:
                with open(f"{folder}/fill{number}", "wb") as file:
                    for _ in range(32):
                        file.write(bytes(2**20)); file.flush()
                        written += 1
                number += 1
        except OSError as error:
            told.append(written)
    return told
''', ends=("CodeRaised", "MemoryExceeded"), answers=lambda answer: all(0 < written <= 64 for written in answer), seconds=5.0),
    Attack("make a million files", '''
def run(facts):
    count = 0
    try:
        while True:
            open(f"/tmp/f{count}", "w").close()
            count += 1
    except OSError:
        return count
''', ends=("TimedOut",), answers=lambda answer: answer < 25_000),
    Attack("print without end", '''
def run(facts):
    line = "x" * 2**20
    for _ in range(1000):
        print(line)
    return 7
''', answers=lambda answer: answer == 7, seconds=10.0),
    Attack("loop for ever", '''
def run(facts):
    while True:
        pass
''', ends=("TimedOut",), seconds=0.2),
    Attack("loop for ever in a child", '''
import os
def run(facts):
    if os.fork() == 0:
        while True:
            pass
    os.wait()
''', ends=("TimedOut",), seconds=0.3),
    Attack("recurse for ever", '''
def run(facts):
    return run(facts)
''', ends=("CodeRaised",)),
    Attack("recurse for ever without the guard", '''
import sys
def run(facts):
    sys.setrecursionlimit(10**9)
    class Deep:
        def __getattr__(self, name):
            return getattr(self, name + "x")
    return Deep().y
''', ends=("ProcessDied", "CodeRaised", "MemoryExceeded", "TimedOut"), seconds=5.0),
    Attack("huge answer", '''
import numpy as np
def run(facts):
    return np.ones((4096, 4096))
''', ends=("AnswerRejected",), seconds=5.0),
    Attack("deep answer", '''
def run(facts):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep
''', ends=("AnswerRejected", "ProcessDied")),
    Attack("answer that contains itself", '''
def run(facts):
    loop = {}
    loop["again"] = [loop]
    return loop
''', ends=("AnswerRejected",)),
    Attack("answer of endless values", '''
def run(facts):
    return [[0, "a"]] * 2_000_000
''', ends=("AnswerRejected",), seconds=10.0),
]  # fmt: skip

DECEIVE = [
    Attack("object that equals everything", '''
class Equal:
    def __eq__(self, other): return True
    def __array__(self, *_): return [1.0]
    def __float__(self): return 1.0
def run(facts):
    return Equal()
''', ends=("AnswerRejected",)),
    Attack("float that equals everything", '''
class Equal(float):
    def __eq__(self, other): return True
def run(facts):
    return [Equal(3.0)]
''', answers=lambda answer: type(answer[0]) is float and answer == [3.0]),
    Attack("array that equals everything", '''
import numpy as np
class Equal(np.ndarray):
    def __eq__(self, other): return np.True_
def run(facts):
    return np.zeros(3).view(Equal)
''', ends=("AnswerRejected",)),
    Attack("pickle payload", '''
import os
class Payload:
    def __reduce__(self): return (os.system, ("touch /tmp/pwned",))
def run(facts):
    return [Payload()]
''', ends=("AnswerRejected",)),
    Attack("object array with a payload", '''
import numpy as np
class Payload:
    def __reduce__(self): return (print, ("pwned",))
def run(facts):
    return np.array([Payload()], dtype=object)
''', ends=("AnswerRejected",)),
    Attack("patched NumPy and builtins", '''
import builtins, numpy as np
np.allclose = lambda *a, **k: True
np.testing.assert_allclose = lambda *a, **k: None
builtins.abs = lambda x: 0
builtins.isinstance = lambda *a: True
builtins.len = lambda x: 0
def run(facts):
    return 3
''', ends=("AnswerRejected", "ProcessDied", "CodeRaised", "MemoryExceeded"), answers=lambda answer: answer == 3),
    Attack("reply written ahead of the question", '''
import os, struct
header = b'{"d":[["ok",42]]}'
for fd in range(3, 20):
    try:
        os.write(fd, struct.pack("<4s16sQI", b"SJ01", bytes(16), len(header), 0) + header)
    except OSError:
        pass
def run(facts):
    return 0
''', ends=("AnswerRejected", "ProcessDied")),
    Attack("garbage on every descriptor", '''
import os
def run(facts):
    for fd in range(3, 20):
        try:
            os.write(os.dup(fd), b"garbage" * 100)
        except OSError:
            pass
    return 0
''', ends=("AnswerRejected", "ProcessDied")),
    Attack("header of absurd shape", '''
import os, struct
def run(facts):
    header = b'{"d":[["ok",{"a":["float64",[0,1000000000000,1000000000000],0]}]]}'
    for fd in range(3, 20):
        try:
            os.write(fd, struct.pack("<4s16sQI", b"SJ01", bytes(16), len(header), 1) + struct.pack("<Q", 0) + header)
        except OSError:
            pass
    return 0
''', ends=("AnswerRejected", "ProcessDied")),
    Attack("frame of absurd length", '''
import os, struct
def run(facts):
    for fd in range(3, 20):
        try:
            os.write(fd, struct.pack("<4s16sQI", b"SJ01", bytes(16), 2**62, 2**31))
        except OSError:
            pass
    return 0
''', ends=("AnswerRejected", "ProcessDied")),
    Attack("blame with a smuggled text", '''
import sys
def run(facts):
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").endswith("blame"):
            module.MAX_DETAIL = 10**9
    class STOLEN_LABELS(ValueError): pass
    raise STOLEN_LABELS("the labels are 3 1 4 1 5" * 100_000)
''', ends=("CodeRaised",)),
    Attack("exception that cannot be printed", '''
class Nasty(Exception):
    def __str__(self): raise SystemExit
    __repr__ = __str__
def run(facts):
    raise Nasty()
''', ends=("CodeRaised",)),
    Attack("missing module with a smuggled name", '''
def run(facts):
    raise ModuleNotFoundError("x", name="labels_" + str(15707963 * 2))
''', ends=("PackageMissing",)),
]  # fmt: skip

BREAK = [
    Attack("os._exit", '''
import os
def run(facts):
    os._exit(0)
''', ends=("ProcessDied",)),
    Attack("sys.exit", '''
def run(facts):
    raise SystemExit(0)
''', ends=("CodeRaised",)),
    Attack("exit while importing", '''
import os
os._exit(0)
''', ends=("ProcessDied",)),
    Attack("KeyboardInterrupt", '''
def run(facts):
    raise KeyboardInterrupt
''', ends=("CodeRaised",)),
    Attack("segmentation fault", '''
import ctypes
def run(facts):
    ctypes.string_at(0)
''', ends=("ProcessDied",)),
    Attack("abort", '''
import os
def run(facts):
    os.abort()
''', ends=("ProcessDied",)),
    Attack("kill everything", '''
import os, signal
def run(facts):
    for pid in (-1, 0, 1, os.getppid(), *range(1, 40), facts["parent"]):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
    return 1
''', ends=("ProcessDied",), answers=lambda answer: answer == 1),
    Attack("stop itself", '''
import os, signal
def run(facts):
    os.kill(os.getpid(), signal.SIGTERM)
    os.closerange(0, 100)
    return 1
''', ends=("ProcessDied",)),
    Attack("close every descriptor", '''
import os, time
def run(facts):
    os.closerange(0, 1000)
    time.sleep(60)
''', ends=("ProcessDied",), seconds=5.0),
    Attack("process that outlives the job", '''
import os, time
def run(facts):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                with open("/tmp/alive", "a") as file:
                    file.write("still here")
                time.sleep(0.01)
        os._exit(0)
    return 1
''', answers=lambda answer: answer == 1),
    Attack("threads that outlive the call", '''
import threading
def spin():
    while True:
        pass
def run(facts):
    for _ in range(4):
        threading.Thread(target=spin, daemon=True).start()
    return 1
''', answers=lambda answer: answer == 1, seconds=3.0),
    Attack("ignored signals", '''
import signal
def run(facts):
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        pass
''', ends=("TimedOut",), seconds=0.2),
    Attack("folder that cannot be removed", '''
import os
def run(facts):
    os.makedirs("/tmp/a/b/c"); open("/tmp/a/b/c/d", "w").close()
    os.chmod("/tmp/a/b", 0); os.chmod("/tmp/a", 0)
    return 1
''', answers=lambda answer: answer == 1),
]  # fmt: skip

ATTACKS = [*REACH, *EXHAUST, *DECEIVE, *BREAK]
