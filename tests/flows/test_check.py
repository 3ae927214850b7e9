"""The student's side: `sanjeh check`, and the released kit on a machine that has only pytest and NumPy."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from toy import COURSE, RIGHT, sanjeh

STARTER = COURSE / "assignments" / "toy" / "starter"
# What the kit must live without: everything of pyproject.toml but pytest and NumPy.
BLOCKED = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"click", "rich", "sqlalchemy", "jinja2", "babel", "scipy", "xdist", "nbformat", "IPython", "psutil",
                                  "platformdirs", "filelock", "soundfile", "seeds", "reference", "reports", "sympy", "torch"}:
            raise ModuleNotFoundError(f"{name} is not on this machine", name=name)

sys.meta_path.insert(0, Absent())
import runpy
sys.argv = ["kit", *sys.argv[1:]]
sys.path.insert(0, "")
runpy.run_module("graders.kit", run_name="__main__", alter_sys=True)
"""


def test_right_work_passes(tmp_path: Path) -> None:
    (tmp_path / "sums.py").write_text(RIGHT)
    done = sanjeh("check", "toy", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Public checks: 2 of 2 points." in done.stdout
    assert "8 points" in done.stdout and "4 points" in done.stdout


def test_wrong_work_says_what_and_why(tmp_path: Path) -> None:
    (tmp_path / "sums.py").write_text(RIGHT.replace("return sum(values)", "return max(values)"))
    done = sanjeh("check", "toy", tmp_path)
    assert done.returncode == 1
    for part in ("[FAIL] q1.total", "total([1, 2, 3]) is 3, wanted 6", "on the input:", "section q1"):
        assert part in done.stdout


def test_her_own_error_is_shown_in_full(tmp_path: Path) -> None:
    (tmp_path / "sums.py").write_text("def total(values):\n    raise ValueError('my own words')\n")
    done = sanjeh("check", "toy", tmp_path)
    assert done.returncode == 1
    assert "my own words" in done.stdout and "sums.py, line 2" in done.stdout


def test_the_check_runs_in_her_folder(tmp_path: Path) -> None:
    (tmp_path / "offset.txt").write_text("0")
    (tmp_path / "sums.py").write_text("def total(values):\n    return sum(values) + int(open('offset.txt').read())\n")
    assert sanjeh("check", "toy", tmp_path).returncode == 0


def test_a_notebook_is_checked_too(tmp_path: Path) -> None:
    from graders.engine.demo import notebook

    (tmp_path / "work.ipynb").write_bytes(notebook({"sums.py": RIGHT.encode()}))
    done = sanjeh("check", "toy", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("folder", "code"), [("starter", 1), ("right", 0)])
def test_the_released_kit_needs_pytest_and_numpy_only(tmp_path: Path, folder: str, code: int) -> None:
    assert sanjeh("release", "toy", "-o", tmp_path).returncode == 0
    kit = tmp_path / "somewhere else"
    with zipfile.ZipFile(tmp_path / "toy.zip") as archive:
        archive.extractall(kit)
    (kit / "right").mkdir()
    (kit / "right" / "sums.py").write_text(RIGHT)
    done = subprocess.run(
        [sys.executable, "-I", "-c", BLOCKED, folder], capture_output=True, text=True, cwd=kit, timeout=120, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Public checks:" in done.stdout
