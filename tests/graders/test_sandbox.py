"""The sandbox as its user sees it: answers, budgets, restarts, faults, both modes. Attacks are in `tests/attacks`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders.engine.sandbox import Limits, Sandbox, canaries, probe
from graders.engine.sandbox import bwrap as command_line
from graders.kit.errors import (
    AnswerRejected,
    CodeRaised,
    CourseError,
    ImportForbidden,
    NameMissing,
    PackageMissing,
    ProcessDied,
    SandboxBroke,
    SandboxUnavailable,
    StudentFault,
    TimedOut,
)

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = b"""
import os, random, sys, time
import numpy as np

calls = 0

def double(x, *, by=2):
    return x * by

def echo(x):
    return x

def count():
    global calls
    calls += 1
    return calls

def draw():
    return [random.random(), float(np.random.rand())]

def boom(labels):
    raise ValueError(f"the labels are {labels}")

def spin():
    while True:
        pass

def rest(seconds):
    time.sleep(seconds)
    return True

def leave():
    os._exit(7)

def place():
    return [os.getcwd(), open("data/values.txt").read(), __file__]

def tensor():
    return [{"W": np.array([1, "a"], dtype=object)}]

def deep_key(name):
    return {name: {1, 2}}

def threads():
    return {name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}

def later():
    import colorsys, csv, sqlite3, multiprocessing
    return csv.__name__

def pooled():
    import multiprocessing
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return pool.map(abs, [-1, 2, -3])
"""
FILES = {"mlp.py": SOURCE, "data/values.txt": b"1 2 3"}


@pytest.fixture(scope="module", params=["nested", "recycled"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(forbidden=("scipy",), nested=request.param == "nested") as sandbox:
        assert sandbox.mode == request.param
        yield sandbox


def test_arguments_and_answers_cross_unchanged(sandbox: Sandbox) -> None:
    value = {"W": np.arange(6.0).reshape(2, 3), "b": [np.float32(0.5), (1, "é", None)], 3: b"raw"}
    with sandbox.job(FILES) as job:
        assert job.call("mlp", "double", (np.arange(3),), {"by": 3}).tolist() == [0, 3, 6]
        back = job.call("mlp", "echo", (value,))
        assert back["W"].tolist() == value["W"].tolist()  # type: ignore[attr-defined]
        assert back["b"] == value["b"]
        assert back[3] == b"raw"


def test_large_arguments_and_answers(sandbox: Sandbox) -> None:
    large = np.random.default_rng(0).normal(size=(1500, 2000))
    with sandbox.job(FILES) as job:
        assert np.array_equal(job.call("mlp", "echo", (large,)), large)


def test_a_job_keeps_its_state_and_its_neighbour_does_not_see_it(sandbox: Sandbox) -> None:
    with sandbox.job(FILES) as job:
        assert [job.call("mlp", "count") for _ in range(3)] == [1, 2, 3]
    with sandbox.job(FILES) as other:
        assert other.call("mlp", "count") == 1


def test_two_open_jobs(sandbox: Sandbox) -> None:
    with sandbox.job(FILES) as first, sandbox.job({"mlp.py": b"def double(x): return -x\n"}) as second:
        for _ in range(2):
            assert first.call("mlp", "double", (2,)) == 4
            assert second.call("mlp", "double", (2,)) == -2


def test_seed_decides_the_global_generators(sandbox: Sandbox) -> None:
    with sandbox.job(FILES) as job:
        first = job.call("mlp", "draw", seed=5)
        assert job.call("mlp", "draw", seed=5) == first
        assert job.call("mlp", "draw", seed=6) != first


def test_files_lie_in_the_working_folder(sandbox: Sandbox) -> None:
    with sandbox.job(FILES) as job:
        assert job.call("mlp", "place") == ["/tmp/submission", "1 2 3", "/tmp/submission/mlp.py"]


def test_standard_library_and_processes_are_there(sandbox: Sandbox) -> None:
    with sandbox.job(FILES) as job:
        assert job.call("mlp", "later") == "csv"
        assert job.call("mlp", "threads") == {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        assert job.call("mlp", "pooled") == [1, 2, 3]


def test_exceptions_are_told_without_their_text(sandbox: Sandbox) -> None:
    with sandbox.job(FILES) as job:
        with pytest.raises(CodeRaised) as caught:
            job.call("mlp", "boom", ([3, 1, 4],))
        line = 1 + SOURCE.decode().splitlines().index('    raise ValueError(f"the labels are {labels}")')
        assert str(caught.value) == f"`mlp.boom` raised ValueError at mlp.py, line {line}."
        assert "the labels are [3, 1, 4]" in caught.value.detail
        assert job.call("mlp", "double", (1,)) == 2


def test_missing_names_forbidden_and_missing_packages(sandbox: Sandbox) -> None:
    files = {**FILES, "bad.py": b"import scipy\n", "none.py": b"import no_such_thing\n", "wrong.py": b"def f(:\n"}
    with sandbox.job(files) as job:
        with pytest.raises(NameMissing, match="Did you mean `double`"):
            job.call("mlp", "duoble")
        with pytest.raises(NameMissing, match=r"There is no features\.py .* bad\.py, data/values\.txt, mlp\.py"):
            job.call("features", "mfcc")
        with pytest.raises(ImportForbidden, match=r"rules `scipy` out; it is imported at bad\.py, line 1"):
            job.call("bad", "f")
        with pytest.raises(PackageMissing, match="`no_such_thing`"):
            job.call("none", "f")
        with pytest.raises(CodeRaised, match=r"wrong could not be imported: SyntaxError at wrong\.py, line 1"):
            job.call("wrong", "f")
        assert job.call("mlp", "double", (1,)) == 2


def test_a_forbidden_package_is_empty_for_those_who_get_around_the_guard(sandbox: Sandbox) -> None:
    import scipy  # noqa: F401  (what is hidden must be there)

    source = b"""
import builtins, sys
def f():
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ not in ('Finder', '_Hidden')]
    return hasattr(builtins.__import__('scipy'), '__version__')
"""
    with sandbox.job({"a.py": source}) as job:
        # Only a job with mounts of its own can have the folder covered.
        assert job.call("a", "f") is (sandbox.mode == "recycled")


def test_a_forged_fault_of_the_house_is_the_students(sandbox: Sandbox) -> None:
    source = b"""
import sys
def f():
    child = sys.modules['inside.child']
    pack = child.frames.pack
    child.frames.pack = lambda nonce, value, *rest: pack(nonce, {'house': 'it broke'}, *rest)
    return 1
"""
    with sandbox.job({"a.py": source}) as job:
        assert job.call("a", "f") == 1
        with pytest.raises(AnswerRejected):
            job.call("a", "f")


def test_answers_that_are_no_plain_data_say_where(sandbox: Sandbox) -> None:
    with sandbox.job(FILES) as job:
        with pytest.raises(AnswerRejected, match=r"^result\[0\]\[\"W\"\] is an array of dtype object"):
            job.call("mlp", "tensor")
        with pytest.raises(AnswerRejected, match="is a set") as caught:
            job.call("mlp", "deep_key", ("labels_3_1_4",))
        assert "labels" not in str(caught.value)
        assert "labels_3_1_4" in caught.value.detail
        with pytest.raises(CourseError, match=r"argument\[\"args\"\]\[0\] is a function"):
            job.call("mlp", "echo", (len,))
        assert job.call("mlp", "double", (1,)) == 2


def test_budget_counts_processor_time_and_the_job_goes_on(sandbox: Sandbox) -> None:
    with sandbox.job(FILES) as job:
        started = time.monotonic()
        with pytest.raises(TimedOut, match=r"more than 0\.3 s of processor time"):
            job.call("mlp", "spin", seconds=0.3)
        assert time.monotonic() - started < 5
        assert job.call("mlp", "rest", (0.6,), seconds=0.3) is True
        with pytest.raises(ProcessDied):
            job.call("mlp", "leave")
        assert job.call("mlp", "count") == 1


def test_waiting_ends_at_the_backstop(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graders.engine.sandbox.process.WALL_EXTRA", 0.2)
    with sandbox.job(FILES) as job, pytest.raises(TimedOut, match=r"still not done after 0\.8 s"):
        job.call("mlp", "rest", (60,), seconds=0.2)


def test_an_import_that_died_is_not_tried_again(sandbox: Sandbox) -> None:
    files = {"slow.py": b"while True: pass\n", "dead.py": b"import os\nos._exit(1)\n", "fine.py": b"def f(): return 1\n"}
    with sandbox.job(files) as job:
        for module, fault in (("slow", TimedOut), ("dead", ProcessDied)):
            with pytest.raises(fault, match=f"importing {module}"):
                job.call(module, "f", seconds=0.2)
            started = time.monotonic()
            with pytest.raises(fault):
                job.call(module, "g", seconds=30)
            assert time.monotonic() - started < 0.1
        assert job.call("fine", "f") == 1


def test_notebooks_run_inside(sandbox: Sandbox) -> None:
    cells = [
        "%matplotlib inline\nimport numpy as np",
        "y = nope\ndef lost(): return 1",
        "def f(x): return x",
        "from features import f\ndef g(x):\n    return x / 0",
    ]
    book = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [
        {"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "execution_count": None} for cell in cells]}  # fmt: skip
    with sandbox.job({"my work.ipynb": json.dumps(book).encode()}, modules=["features"]) as job:
        assert job.call("features", "f", (2,)) == 2
        with pytest.raises(CodeRaised, match=r"because my work\.ipynb, cell 2, .* NameError at its line 1"):
            job.call("mlp", "lost")
        with pytest.raises(CodeRaised, match=r"ZeroDivisionError at my work\.ipynb, cell 4, line 3"):
            job.call("mlp", "g", (1,))
    with sandbox.job({"a.ipynb": b"{ no notebook"}) as job, pytest.raises(StudentFault, match="cannot be read as a notebook"):
        job.call("mlp", "f")


def test_paths_out_of_the_job_are_refused(sandbox: Sandbox) -> None:
    for name in ("../a.py", "/etc/a.py", "a/../../b.py", "", "a\0b", "a//b", "./a"):
        with pytest.raises(ValueError, match="not a path inside"):
            sandbox.job({name: b""})


def killed(sandbox: Sandbox) -> None:
    os.kill(sandbox._zygote, signal.SIGKILL)
    time.sleep(0.3)


def test_a_dead_zygote_is_ours_and_the_next_call_works() -> None:
    with Sandbox() as sandbox:
        job = sandbox.job(FILES)
        assert job.call("mlp", "count") == 1
        killed(sandbox)
        with pytest.raises(SandboxBroke):
            job.call("mlp", "count")
        assert job.call("mlp", "count") == 1
        killed(sandbox)
        assert sandbox.job(FILES).call("mlp", "count") == 1


def test_the_sandbox_outlives_the_thread_that_made_it() -> None:
    made: list[Sandbox] = []

    def make() -> None:
        made.append(Sandbox())
        made[0].start()

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    time.sleep(0.2)
    with made[0] as sandbox:
        assert sandbox.job(FILES).call("mlp", "count") == 1


def test_nothing_is_left_when_the_grader_is_killed() -> None:
    script = (
        "import os, signal\nfrom graders.engine.sandbox import Sandbox\nsandbox = Sandbox(); sandbox.start()\n"
        "job = sandbox.job({'a.py': b'def f(): return 1\\n'}); job.call('a', 'f')\n"
        "print(sandbox._zygote, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=REPOSITORY, timeout=60, check=False)
    zygote = int(told.stdout)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{zygote}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{zygote}").exists()


def test_descriptors_and_processes_do_not_pile_up() -> None:
    with Sandbox() as sandbox:
        for _ in range(3):
            sandbox.job(FILES).close()
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(20):
            with sandbox.job(FILES) as job:
                job.call("mlp", "count")
        assert len(list(Path("/proc/self/fd").iterdir())) == before
        time.sleep(0.3)
        children = Path(f"/proc/{sandbox._zygote}/task/{sandbox._zygote}/children").read_text().split()
        assert len(children) <= 2


def test_our_packages_cannot_be_imported_even_where_they_are_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site-packages folder with our packages in it, and with an editable link to the repository."""
    site = tmp_path / "site-packages"
    for room in ("reference", "graders", "seeds"):
        (site / room).mkdir(parents=True)
        (site / room / "__init__.py").write_text("SECRET = 1\n")
    (site / "sanjeh.pth").write_text(f"{REPOSITORY}\n")
    (site / "other").mkdir()
    (site / "other" / "__init__.py").write_text("value = 5\n")
    monkeypatch.syspath_prepend(str(site))
    source = b"""
import importlib, os, sys
def tell():
    told = {}
    for name in ("reference", "graders", "seeds", "other"):
        try:
            told[name] = len(vars(importlib.import_module(name))) and "imported"
        except ImportError:
            told[name] = "refused"
    told["files"] = [os.path.join(folder, name) for path in sys.path for room in ("reference", "graders", "seeds")
                     for folder, _, names in os.walk(os.path.join(path, room)) for name in names]
    return told
"""
    with Sandbox() as sandbox, sandbox.job({"a.py": source}) as job:
        told = job.call("a", "tell")
    assert told == {"reference": "refused", "graders": "refused", "seeds": "refused", "other": "imported", "files": []}


def test_canaries_come_to_nothing() -> None:
    assert [result for result in canaries.run() if not result.blocked] == []


def test_a_canary_outside_the_sandbox_gets_through() -> None:
    canary = next(canary for canary in canaries.CANARIES if "repository" in canary.name)
    namespace: dict[str, Any] = {}
    exec(canary.source, namespace)
    assert namespace["run"]({"own": str(command_line.KIT / "wire.py")})


def test_probe_says_what_works_or_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert probe() == (True, "The sandbox works (nested).")
    monkeypatch.setenv("PATH", "/nonexistent")
    works, reason = probe()
    assert not works
    assert "apt install bubblewrap" in reason


def test_a_missing_preloaded_package_is_ours_to_tell() -> None:
    with pytest.raises(SandboxUnavailable, match="pip install no_such_package"):
        Sandbox(packages=("no_such_package",)).start()


def test_memory_limit_leaves_room_for_what_the_limit_says() -> None:
    source = b"import numpy as np\ndef use(mb):\n    return int(np.ones(mb * 2**17).sum())\n"
    with Sandbox(limits=Limits(memory_mb=300)) as sandbox, sandbox.job({"a.py": source}) as job:
        assert job.call("a", "use", (200,)) == 200 * 2**17
        with pytest.raises(StudentFault, match="memory"):
            job.call("a", "use", (400,))


def test_torch_works_after_the_fork() -> None:
    import torch  # noqa: F401  (the tests' environment has it; without it this must fail)

    source = b"""
import torch
def train(seed_only=False):
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    x = torch.randn(32, 4); y = x.sum(1, keepdim=True)
    for _ in range(200):
        optimizer.zero_grad(); loss = ((model(x) - y) ** 2).mean(); loss.backward(); optimizer.step()
    return float(loss)
def tensor():
    return {"W": torch.ones(2)}
"""
    with Sandbox(packages=("torch",), limits=Limits(memory_mb=1024)) as sandbox:
        for _ in range(2):
            with sandbox.job({"a.py": source}) as job:
                assert job.call("a", "train", seed=1) < 0.05
                assert job.call("a", "train", seed=1) == job.call("a", "train", seed=1)
                with pytest.raises(AnswerRejected, match=r"result\[\"W\"\] is a PyTorch tensor"):
                    job.call("a", "tensor")


def test_whisper_is_warm_and_works_after_the_fork() -> None:
    """The classes are there before a submission names them, and the tokenizer's threads begin in the child."""
    source = b"""
import os, sys

def warm():
    return "transformers.models.whisper.modeling_whisper" in sys.modules, len(os.listdir("/proc/self/task"))

def listen(folder):
    import torch
    from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration, WhisperTokenizer
    network, tokenizer, extractor = (
        kind.from_pretrained(folder) for kind in (WhisperForConditionalGeneration, WhisperTokenizer, WhisperFeatureExtractor)
    )
    frames = extractor([torch.zeros(48_000).numpy()], sampling_rate=16_000, return_tensors="pt").input_features
    with torch.inference_mode():
        return tokenizer.batch_decode(network.float().generate(frames, language="fa", task="transcribe", max_new_tokens=4))
"""
    checkpoint = REPOSITORY / "assignments" / "speech_hw5" / "checkpoint"
    files = {path.name: path.read_bytes() for path in checkpoint.iterdir() if path.suffix in (".json", ".safetensors")}
    with Sandbox(packages=("torch", "transformers"), limits=Limits(memory_mb=1024)) as sandbox:
        for _ in range(2):
            with sandbox.job({"ear.py": source}) as job:
                assert job.call("ear", "warm", seconds=5) == (True, 1)
                assert len(job.call("ear", "listen", (job.scratch("whisper", files),), seconds=30)) == 1
