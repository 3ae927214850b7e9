"""Arrays in one file per utterance (.npy), looked at through memory maps: only the pages that are asked for are read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seeds.datasets.frames import UNKNOWN, FrameLabels, IntArray
from seeds.datasets.signals import FloatArray, Signals
from seeds.datasets.wav import file_stamp
from seeds.errors import DataError

UNREADABLE = (OSError, ValueError, EOFError)
"""What opening a damaged array, or one that holds objects, raises."""
ENDS = ("[SOS]", "[EOS]")
"""Marks that a transcript may have around its frames."""
SHOWN = 5


def open_array(path: Path) -> NDArray[Any]:
    """Memory-map an array; raises one of `UNREADABLE`. Objects are never unpickled."""
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


def array_shape(path: Path) -> tuple[int, ...]:
    """Read an array's shape from its head."""
    return tuple(int(size) for size in open_array(path).shape)


def array_faults(path: Path, name: str, width: int) -> list[str]:
    """Name what keeps a file from being features (T, width), each fault with its remedy."""
    if path.stat().st_size == 0:
        return [f"{name} is empty (0 bytes): unpack it again"]
    try:
        array = open_array(path)
    except UNREADABLE as error:
        return [f"{name} cannot be read ({error}): unpack it again"]
    if array.dtype.kind != "f":
        return [f"{name} holds {array.dtype}, wanted real numbers: unpack it again"]
    if array.ndim != 2 or array.shape[1] != width or array.shape[0] == 0:
        return [
            f"{name} has shape {array.shape}, wanted (T, {width}) with T of 1 or more: this is another feature set, link the right one"
        ]
    return []


class ArrayFiles(Signals):
    """Features (T_i, D), one file each."""

    def __init__(self, paths: tuple[Path, ...], lengths: IntArray) -> None:
        """Take the files in order, and their numbers of frames (N,)."""
        self._paths, self.lengths = paths, lengths

    def __len__(self) -> int:
        """Count the files."""
        return len(self._paths)

    def signal(self, index: int) -> FloatArray:
        """Memory-map one file; 32-bit features are not copied."""
        try:
            array = open_array(self._paths[index])
        except UNREADABLE as error:
            raise DataError(f"{self._paths[index]} can no longer be read ({error}): unpack it again") from error
        return np.asarray(array, dtype=np.float32)

    def stamp(self, index: int) -> str:
        """Give the file's place, size and times."""
        return file_stamp(os.path.abspath(self._paths[index]))  # noqa: PTH100  (a Path for each file takes longer than all the rest)

    def content(self, index: int) -> bytes:
        """Give the features' bytes."""
        return self.signal(index).tobytes()


class TranscriptFiles(FrameLabels):
    """A symbol for every frame, one file of text each; where there is no file, every label is `UNKNOWN`."""

    rate = 100.0

    def __init__(self, paths: tuple[Path | None, ...], lengths: IntArray, names: tuple[str, ...]) -> None:
        """Take the files in order, the numbers of frames (N,), and the symbols in the order of their numbers."""
        self._paths, self.lengths, self.names = paths, lengths, names

    def sequence(self, index: int) -> IntArray:
        """Read one transcript without the marks of its ends, as numbers.

        Raises:
            DataError: it has a symbol that is none of the names.
        """
        path = self._paths[index]
        if path is None:
            return np.full(int(self.lengths[index]), UNKNOWN, dtype=np.int64)
        symbols, unknown = _read(path, self.names)
        if unknown:
            raise DataError(
                f"{path} has {', '.join(unknown[:SHOWN])}, which is none of the {len(self.names)} symbols: unpack it again"
            )
        return symbols

    @staticmethod
    def faults(folder: Path, partition: str, file: str, names: tuple[str, ...], *, deep: bool) -> list[str]:
        """Name what is wrong with a transcript; only `deep` reads its symbols."""
        name, path = f"{partition}/transcript/{file}", folder / "transcript" / file
        if path.stat().st_size == 0:
            return [f"{name} is empty (0 bytes): unpack it again"]
        try:
            array = open_array(path)
            frames = array_shape(folder / "mfcc" / file)[0]
        except UNREADABLE as error:
            return [f"{name} cannot be compared with its features ({error}): unpack it again"]
        if array.ndim != 1 or array.dtype.kind != "U":
            return [f"{name} holds {array.dtype} {array.shape}, wanted text (T,): unpack it again"]
        if len(array) - frames not in (0, len(ENDS)):
            return [f"{name} has {len(array)} symbols for {frames} frames, wanted as many, or two more: unpack both again"]
        unknown = _read(path, names)[1] if deep else []
        listed = ", ".join(unknown[:SHOWN])
        return [f"{name} has {listed}, which is none of the {len(names)} symbols: unpack it again, or remove both files"] * bool(
            unknown
        )


def _read(path: Path, names: tuple[str, ...]) -> tuple[IntArray, list[str]]:
    """Give a transcript as numbers, and the symbols that have none."""
    symbols = open_array(path)
    if len(symbols) >= len(ENDS) and (symbols[0], symbols[-1]) == ENDS:
        symbols = symbols[1:-1]
    order = np.argsort(names)
    ordered = np.array(names)[order]
    place = np.minimum(np.searchsorted(ordered, symbols), len(names) - 1)
    known = ordered[place] == symbols
    return order[place].astype(np.int64), sorted(set(np.asarray(symbols)[~known].tolist()))
