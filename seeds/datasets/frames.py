"""A class for every frame of every signal: phonemes in time.

Frame labels are read utterance by utterance, so that borders are known and a set of 36 million frames needs no copy in memory.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

UNKNOWN = -1
"""The label of a frame whose class is not given, as in a test part without transcripts."""


class FrameLabels(Sequence[IntArray]):
    """N sequences of labels, (T_i,) int64 each, `UNKNOWN` <= label < len(names).

    Attributes:
        names: what the labels mean, in the order of the numbers.
        lengths: (N,) int64, T_i, known without reading the labels.
        rate: frames per second; frame t is about the sound around (t + 0.5) / rate seconds, or where its data set says.
    """

    names: tuple[str, ...]
    lengths: IntArray
    rate: float

    @abstractmethod
    def sequence(self, index: int) -> IntArray:
        """Give the labels at `index`, 0 <= index < N."""

    def digest(self, index: int) -> bytes:
        """Hash the labels of one signal (SHA-256)."""
        return hashlib.sha256(self.sequence(index).astype("<i8").tobytes()).digest()

    def choose(self, places: IntArray) -> FrameLabels:
        """Give some of the sequences, in the order of `places`, without a copy."""
        return ChosenFrames(self, places)

    def __len__(self) -> int:
        """Count the sequences."""
        return len(self.lengths)

    @overload
    def __getitem__(self, index: int) -> IntArray: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[IntArray]: ...
    def __getitem__(self, index: int | slice) -> IntArray | Sequence[IntArray]:
        """Give one sequence, or the list of a slice's."""
        places = range(len(self))
        if isinstance(index, slice):
            return [self.sequence(place) for place in places[index]]
        return self.sequence(places[index])


class PackedFrames(FrameLabels):
    """Labels end to end in one buffer of small numbers, memory-mapped or not."""

    def __init__(self, labels: NDArray[np.int16], ends: IntArray, names: tuple[str, ...], rate: float) -> None:
        """Take the buffer (total,), where each sequence ends in it (N,), the names and the frames per second."""
        self._labels, self._ends = labels, ends
        self.names, self.rate = names, rate
        self.lengths = np.diff(ends, prepend=0).astype(np.int64)

    def sequence(self, index: int) -> IntArray:
        """Widen one sequence."""
        end = int(self._ends[index])
        return self._labels[end - int(self.lengths[index]) : end].astype(np.int64)


class ChosenFrames(FrameLabels):
    """Some sequences of another, without a copy."""

    def __init__(self, source: FrameLabels, places: IntArray) -> None:
        """Take the source and the places in it, in the new order."""
        self._source, self._places = source, places
        self.names, self.rate, self.lengths = source.names, source.rate, source.lengths[places]

    def sequence(self, index: int) -> IntArray:
        """Give the sequence from the source."""
        return self._source.sequence(int(self._places[index]))

    def digest(self, index: int) -> bytes:
        """Give its hash from the source."""
        return self._source.digest(int(self._places[index]))
