"""The student kit: what is on the list and nothing else, the same bytes each time, and it works where it is unzipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from graders.engine.release import release
from graders.kit.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
TOY = ROOT / "tests" / "toy_course" / "assignments" / "toy"


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A copy of the toy assignment, to be spoilt."""
    return Path(shutil.copytree(TOY, tmp_path / "course" / "assignments" / "toy"))


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_it_holds_the_assignment_the_kit_and_a_readme(toy: Path, tmp_path: Path) -> None:
    path = release(toy, tmp_path / "new" / "out")
    assert path == tmp_path / "new" / "out" / "toy.zip"
    held = names(path)
    for wanted in ("README.txt", "assignment.toml", "handout.en.md", "handout.fa.md", "starter/sums.py", "checks/test_public.py"):
        assert wanted in held
    kit = ROOT / "graders" / "kit"
    modules = {f"graders/kit/{file.relative_to(kit).as_posix()}" for file in kit.rglob("*.py") if "__pycache__" not in file.parts}
    assert modules <= set(held)
    with zipfile.ZipFile(path) as archive:
        readme = archive.read("README.txt").decode()
        assert archive.read("graders/__init__.py") == b""
    assert "python -m graders.kit starter" in readme and "sums.py" in readme


def test_what_is_not_on_the_list_stays_home(toy: Path, tmp_path: Path) -> None:
    clean = names(release(toy, tmp_path))
    for path in (
        "solution.py", "notes.md", ".env", "checks/answers.json", "checks/conftest.py", "checks/deep/test_x.py",
        "starter/.ipynb_checkpoints/a.ipynb", "starter/__pycache__/sums.py", "starter/key.pem", "reference/sums.py",
        "starter/reference/sums.py", "mistakes/sums__a.py", "hidden/test_hidden.py",
    ):  # fmt: skip
        (toy / path).parent.mkdir(parents=True, exist_ok=True)
        (toy / path).write_text("secret = 1\n")
    assert names(release(toy, tmp_path)) == clean


def test_starter_data_and_notebooks_go_along_in_their_folders(toy: Path, tmp_path: Path) -> None:
    for path in ("starter/data/deep/a.csv", "starter/b.ipynb"):
        (toy / path).parent.mkdir(parents=True, exist_ok=True)
        (toy / path).write_text("1")
    assert {"starter/data/deep/a.csv", "starter/b.ipynb"} <= set(names(release(toy, tmp_path)))


def test_the_same_contents_give_the_same_bytes(toy: Path, tmp_path: Path) -> None:
    first = release(toy, tmp_path / "a").read_bytes()
    for file in toy.rglob("*"):
        os.utime(file, (1, 1))
    (toy / "starter" / "sums.py").chmod(0o600)
    assert release(toy, tmp_path / "b").read_bytes() == first
    (toy / "starter" / "sums.py").write_text("x = 1\n")
    assert release(toy, tmp_path / "c").read_bytes() != first


def test_a_link_is_refused_and_no_half_kit_stays(toy: Path, tmp_path: Path) -> None:
    secret = tmp_path / "reference.py"
    secret.write_text("the_answer = 42\n")
    (toy / "starter" / "help.py").symlink_to(secret)
    with pytest.raises(CourseError, match=r"help\.py is a link"):
        release(toy, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_linked_folder_is_refused(toy: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (toy / "starter" / "data").symlink_to(tmp_path / "secret", target_is_directory=True)
    with pytest.raises(CourseError, match="is a link"):
        release(toy, tmp_path / "out")


@pytest.mark.parametrize("part", ["starter/sums.py", "checks/test_public.py"])
def test_an_incomplete_assignment_is_refused(toy: Path, tmp_path: Path, part: str) -> None:
    (toy / part).unlink()
    with pytest.raises(CourseError, match="a student kit needs"):
        release(toy, tmp_path / "out")


def test_the_toy_kit_gives_nothing_of_reference_or_hidden_suite_away(tmp_path: Path) -> None:
    with zipfile.ZipFile(release(TOY, tmp_path)) as archive:
        released = {line.strip() for name in archive.namelist() for line in archive.read(name).decode().splitlines()}
    course = TOY.parents[1]
    public = {line.strip() for file in TOY.rglob("*.py") for line in file.read_text().splitlines()}
    secret = {
        line.strip()
        for folder in ("reference", "graders")
        for file in (course / folder).rglob("*.py")
        for line in file.read_text().splitlines()
        if len(line.strip()) >= 20 and not line.startswith(("import ", "from "))
    }
    assert secret - public
    assert not (secret - public) & released


def test_unzipped_elsewhere_the_check_runs(tmp_path: Path) -> None:
    home = tmp_path / "a student's home"
    with zipfile.ZipFile(release(TOY, tmp_path)) as archive:
        archive.extractall(home)
    run = subprocess.run(
        [sys.executable, "-m", "graders.kit", "starter"],
        cwd=home, capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": ""}, check=False,
    )  # fmt: skip
    assert run.returncode == 1, run.stderr
    assert "q1.total" in run.stdout
