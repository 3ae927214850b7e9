"""Every attack ends as it must, reaches nothing, and leaves a sandbox in which the next student's job works."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graders.engine.sandbox import Limits, Sandbox
from graders.kit.errors import StudentFault

from .sources import ATTACKS, Attack

REPOSITORY = Path(__file__).resolve().parents[2]
HONEST = {
    "mlp.py": b"""
import os

def add(a, b):
    return a + b

def left():
    return sorted(os.listdir("/tmp") + os.listdir("/dev/shm"))
"""
}


@pytest.fixture(scope="module", params=["nested", "recycled"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    os.environ["SANJEH_TEST_SECRET"] = "SECRET"
    with Sandbox(limits=Limits(memory_mb=400, processes=48, disk_mb=48, reply_mb=8), nested=request.param == "nested") as sandbox:
        assert sandbox.mode == request.param
        yield sandbox
    del os.environ["SANJEH_TEST_SECRET"]


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    secret = tmp_path_factory.mktemp("secret") / "labels.txt"
    secret.write_text("3 1 4 1 5")
    abstract = f"\0sanjeh-{secrets.token_hex(8)}"
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
        local.bind(abstract)
        local.listen()
        yield {
            "secrets": [str(secret), str(Path(__file__)), str(REPOSITORY / "pyproject.toml"), "/etc/passwd", "/proc/kcore"],
            "folders": [str(secret.parent), str(REPOSITORY), str(REPOSITORY / "reference"), "/home", "/var", "/sys", "/run"],
            "port": server.getsockname()[1],
            "abstract": abstract,
            "parent": os.getpid(),
        }


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name.replace(" ", "-"))
def test_attack(sandbox: Sandbox, facts: dict[str, Any], attack: Attack) -> None:
    with sandbox.job({"attack.py": attack.source.encode()}) as job:
        try:
            answer = job.call("attack", "run", (facts,), seconds=attack.seconds)
        except StudentFault as fault:
            assert {kind.__name__ for kind in type(fault).__mro__} & set(attack.ends), repr(fault)
            assert "STOLEN" not in str(fault)
            assert "31415" not in str(fault)
            assert len(str(fault)) < 500
            assert len(fault.detail) < 5000
        else:
            assert attack.answers is not None, f"it answered {answer!r:.200}"
            assert attack.answers(answer), f"it answered {answer!r:.500}"
    started = time.monotonic()
    with sandbox.job(HONEST) as honest:
        assert honest.call("mlp", "add", (2, 3)) == 5
        assert honest.call("mlp", "left") == ["submission"]
    assert time.monotonic() - started < 5.0


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if attack.works_outside], ids=lambda attack: attack.name)
def test_attack_would_work_without_the_sandbox(facts: dict[str, Any], attack: Attack) -> None:
    """The control: an attack that fails everywhere would prove nothing about the walls."""
    script = f"{attack.source}\nimport json, sys\nprint(json.dumps(run(json.loads(sys.argv[1]))))"
    told = subprocess.run(
        [sys.executable, "-c", script, json.dumps(facts)],
        capture_output=True,
        check=True,
        text=True,
        timeout=30,
        cwd=Path(facts["secrets"][0]).parent,
        env={**os.environ, "SANJEH_TEST_SECRET": "SECRET", "PYTHONPATH": str(REPOSITORY)},
    )
    assert attack.answers is not None
    assert not attack.answers(json.loads(told.stdout))
