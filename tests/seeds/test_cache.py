"""Arrays are made once, and never trusted when damaged."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from seeds import cache
from seeds.errors import DataError


@pytest.fixture(autouse=True)
def _empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANJEH_CACHE", str(tmp_path / "cache"))


class Maker:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> cache.Arrays:
        self.calls += 1
        return {
            "pcm": np.arange(7, dtype=np.int16),
            "text": np.array(["zero", "یک"]),
            "matrix": np.eye(3, 2),
            "empty": np.zeros((0, 4), dtype=np.float32),
        }


def the_file() -> Path:
    (found,) = cache.folder().glob("*.arrays")
    return found


def test_what_was_made_comes_back_and_is_made_once() -> None:
    make = Maker()
    for _ in range(2):
        arrays = cache.fetch("x", {"n": 7}, make)
        for name, wanted in Maker()().items():
            assert arrays[name].dtype == wanted.dtype
            assert arrays[name].shape == wanted.shape
            assert np.array_equal(arrays[name], wanted)
    assert make.calls == 1
    with pytest.raises(ValueError, match="read-only"):
        arrays["pcm"][0] = 9


def test_other_parameters_are_another_file() -> None:
    make = Maker()
    cache.fetch("x", {"n": 7}, make)
    cache.fetch("x", {"n": 8}, make)
    cache.fetch("y", {"n": 7}, make)
    assert make.calls == 3
    assert len(list(cache.folder().glob("*.arrays"))) == 3


def flip(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[-1] ^= 1
    path.write_bytes(whole)


@pytest.mark.parametrize(
    "damage",
    [
        flip,
        lambda path: path.write_bytes(path.read_bytes()[:-3]),
        lambda path: path.write_bytes(path.read_bytes()[:20]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\xff" * 4000),
        lambda path: path.write_bytes(cache.MAGIC + b"\xff" * 4000),
    ],
)
def test_a_damaged_file_is_made_again(damage: object) -> None:
    make = Maker()
    cache.fetch("x", {}, make)
    damage(the_file())  # type: ignore[operator]
    assert np.array_equal(cache.fetch("x", {}, make)["pcm"], np.arange(7))
    assert make.calls == 2


def test_a_failure_leaves_nothing_behind() -> None:
    def fail() -> cache.Arrays:
        raise RuntimeError("no voice")

    with pytest.raises(RuntimeError):
        cache.fetch("x", {}, fail)
    with pytest.raises(TypeError, match="wanted numbers or text"):
        cache.fetch("x", {}, lambda: {"bad": np.array([object()])})
    assert [path.suffix for path in cache.folder().iterdir()] in ([".lock"], [])


def test_two_at_once_make_it_once() -> None:
    make, arrived = Maker(), threading.Barrier(4)

    def run() -> None:
        arrived.wait()
        cache.fetch("x", {}, make)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert make.calls == 1


def test_a_folder_that_cannot_be_used_says_how_to_mend_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SANJEH_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(DataError, match="set SANJEH_CACHE"):
        cache.fetch("x", {}, Maker())
