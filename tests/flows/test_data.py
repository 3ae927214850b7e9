"""`sanjeh data`, the whole command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from toy import sanjeh

from graders.cli import Exit, main
from graders.data_cli import FAULTY
from seeds import choice

Run = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `sanjeh data` with a cache and a configuration of its own, as a new run that has chosen nothing but `points`."""
    monkeypatch.setenv("SANJEH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SANJEH_CONFIG", str(tmp_path / "config"))

    def run(*arguments: str | Path, points: Path | str = "") -> Result:
        monkeypatch.setenv("SANJEH_DATA_POINTS", str(points))
        choice._load.cache_clear()
        return CliRunner().invoke(main, ["data", *map(str, arguments)])

    return run


@pytest.fixture
def plane(tmp_path: Path) -> Path:
    """Two clusters, well apart."""
    rows = [f"{x},{y},{'ab'[x // 9]}" for x in (0, 1, 9, 10) for y in (0, 1)]
    (tmp_path / "plane.csv").write_text("\n".join(["x,y,label", *rows]))
    return tmp_path / "plane.csv"


def test_the_documented_exit_code() -> None:
    assert FAULTY == Exit.FAILED


def test_link_use_unlink(data: Run, plane: Path) -> None:
    linked = data("link", "points", plane)
    assert linked.exit_code == 0 and f"points is {plane}" in linked.stdout
    listed = data("list").stdout
    assert f"linked: {plane}" in listed and "(MISSING)" not in listed
    audited = data("audit", "points")
    assert audited.exit_code == 0, audited.stderr
    assert "examples   8" in audited.stdout and "audit passed" in audited.stdout
    assert "has no faults" in data("verify", "points").stdout
    plane.unlink()
    assert "(MISSING)" in data("list").stdout
    gone = data("audit", "points")
    assert gone.exit_code == Exit.UNUSABLE and "sanjeh data unlink points" in gone.stderr
    assert data("unlink", "points").exit_code == 0
    assert "linked" not in data("list").stdout


def test_list_says_everything_and_make_makes(data: Run, plane: Path) -> None:
    listed = data("list")
    assert listed.exit_code == 0
    for said in (
        "spoken English digits",
        "AudioMNIST: MIT",
        "960 examples, about 6 s to make, 16 MB",
        "recordings/<digit>_",
        "embedded",
    ):
        assert said in listed.stdout
    made = data("make", "points")
    assert made.exit_code == 0 and "points: 904 examples in" in made.stdout and "fingerprint" in made.stdout
    again = data("make", "points")
    assert again.stdout.split("fingerprint")[1] == made.stdout.split("fingerprint")[1]


def test_verify_lists_all_faults_at_once(data: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("x,y\n1,b\n2\n")
    found = data("verify", "points", tmp_path / "bad.csv")
    assert found.exit_code == FAULTY
    assert "bad.csv line 2 has 'b' as y" in found.stdout and "bad.csv line 3 has 1 values" in found.stdout
    assert "2 problem(s)" in found.stdout
    refused = data("link", "points", tmp_path / "bad.csv")
    assert refused.exit_code == Exit.UNUSABLE and "nothing was linked. 2 problem(s)" in refused.stderr


def test_a_failed_audit_lists_everything_and_fails(data: Run, tmp_path: Path) -> None:
    point = np.arange(30) % 15
    (tmp_path / "twice.csv").write_text("x,y,label\n" + "\n".join(f"{x},{x * x},{'ab'[x % 2]}" for x in point))
    shown = data("audit", "points", points=tmp_path / "twice.csv")
    assert "copies: 15 sets of copies" in shown.stdout and "... and 5 more (--all)" in shown.stdout
    everything = data("audit", "points", "--all", points=tmp_path / "twice.csv")
    assert everything.stdout.count("twice-") == 30 and "more (--all)" not in everything.stdout
    report = json.loads(data("audit", "points", "--json", points=tmp_path / "twice.csv").stdout)
    assert {finding["check"] for finding in report["findings"]} == {"copies", "split"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("make", "digit"), "wanted one of:"),
        (("audit", "digit"), "wanted one of:"),
        (("link", "digit", "/"), "wanted one of:"),
        (("link", "points", "/nowhere"), "/nowhere does not exist"),
        (("unlink", "points"), "no copy of 'points' is linked"),
        (("verify", "points"), "give its PATH"),
        (("verify", "points", "/nowhere"), "/nowhere does not exist"),
    ],
)
def test_what_cannot_be_done_is_one_message(data: Run, arguments: tuple[str, ...], message: str) -> None:
    done = data(*arguments)
    assert done.exit_code == Exit.UNUSABLE
    assert message in done.stderr and "Traceback" not in done.stderr


def test_the_whole_command_as_a_process(tmp_path: Path) -> None:
    done = sanjeh("data", "verify", "points", tmp_path)
    assert done.returncode == FAULTY and "holds no file named *.csv" in done.stdout and not done.stderr
