"""Which copy is in use: for one run, then the link, then the embedded set."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from recordings import Write

from seeds import choice
from seeds.choice import Choice, active, chosen, link, links, unlink, use
from seeds.datasets import DataError


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SANJEH_CONFIG", str(tmp_path / "config"))
    for name in ("DIGITS", "POINTS"):
        monkeypatch.setenv(f"SANJEH_DATA_{name}", "")  # restored afterwards, whatever `use` does
    yield


@pytest.fixture
def plane(tmp_path: Path) -> Path:
    """A real copy of points."""
    (tmp_path / "plane.csv").write_text("x,y,label\n1,2,a\n3,4,b\n")
    return tmp_path / "plane.csv"


def next_run() -> None:
    """Forget what this run has chosen, as a new process would."""
    os.environ["SANJEH_DATA_POINTS"] = ""


def test_without_a_link_it_is_the_embedded_set() -> None:
    assert chosen("points") == Choice("embedded")
    assert active("points").provenance["source"] == "embedded"


def test_a_link_is_remembered_and_forgotten(plane: Path, tmp_path: Path) -> None:
    link("points", plane)
    assert links() == {"points": plane} == {"points": chosen("points").path}
    assert chosen("points").kind == "link" and len(active("points")) == 2
    assert json.loads((tmp_path / "config" / "links.json").read_text()) == {"points": str(plane)}
    next_run()
    unlink("points")
    assert links() == {} and len(active("points")) == 904
    with pytest.raises(DataError, match="no copy of 'points' is linked; linked: none is"):
        unlink("points")


def test_a_choice_for_one_run_goes_before_the_link(plane: Path, tmp_path: Path) -> None:
    link("points", plane)
    (tmp_path / "other.csv").write_text("x,y\n1,2\n")
    use("points", tmp_path / "other.csv")
    assert chosen("points") == Choice("run", tmp_path / "other.csv") and len(active("points")) == 1
    use("points", choice.EMBEDDED)
    assert chosen("points") == Choice("embedded") and len(active("points")) == 904


def test_a_run_keeps_what_it_began_with(plane: Path) -> None:
    assert len(active("points")) == 904
    link("points", plane)
    assert len(active("points")) == 904
    next_run()
    assert len(active("points")) == 2


def test_a_faulty_copy_is_not_linked(tmp_path: Path, fsdd: Write) -> None:
    (tmp_path / "bad.csv").write_text("x,y\n1,b\n")
    with pytest.raises(DataError, match="nothing was linked") as caught:
        link("points", tmp_path / "bad.csv")
    assert len(caught.value.problems) == 1 and links() == {}
    with pytest.raises(DataError, match=r"wanted one of: .*digits"):
        link("digit", fsdd())


def test_a_link_to_what_is_gone_says_how_to_go_back(plane: Path) -> None:
    link("points", plane)
    plane.unlink()
    with pytest.raises(DataError, match="does not exist") as caught:
        active("points")
    assert "sanjeh data unlink points" in str(caught.value)


def test_a_damaged_file_of_links_is_named(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    for text in ("{", "[]", '{"points": 3}'):
        (tmp_path / "config" / "links.json").write_text(text)
        with pytest.raises(DataError, match=r"links\.json cannot be read as links"):
            chosen("points")


def test_a_folder_that_cannot_be_written_says_how_to_mend_it(
    plane: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SANJEH_CONFIG", str(tmp_path / "file" / "config"))
    with pytest.raises(DataError, match="links"):
        link("points", plane)


def test_two_at_once_lose_nothing(plane: Path, fsdd: Write) -> None:
    folder, errors = fsdd(), []

    def run(name: str, path: Path) -> None:
        try:
            for _ in range(5):
                link(name, path)
        except DataError as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=pair) for pair in (("points", plane), ("digits", folder))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors and links() == {"points": plane, "digits": folder}
