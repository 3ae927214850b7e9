"""What a data set's signals are: in memory, memory-mapped, or read from files on demand; each knows the bytes that its fingerprint is
made of.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]
INT16_FULL_SCALE = 32768.0


class Signals(Sequence[FloatArray]):
    """N signals, float32; waveforms are (n,) in [-1, 1)."""

    @abstractmethod
    def content(self, index: int) -> bytes:
        """Give the bytes as stored, which the fingerprint is made of."""

    def digest(self, index: int) -> bytes:
        """Hash the content of one signal (SHA-256)."""
        return hashlib.sha256(self.content(index)).digest()

    def stamp(self, index: int) -> str | None:
        """Tell apart versions of one signal without reading it, where it is a file (place, size, times); None is unknown."""
        return None

    @abstractmethod
    def signal(self, index: int) -> FloatArray:
        """Give the signal at `index`, 0 <= index < N."""

    @overload
    def __getitem__(self, index: int) -> FloatArray: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[FloatArray]: ...
    def __getitem__(self, index: int | slice) -> FloatArray | Sequence[FloatArray]:
        """Give one signal, or the list of a slice's."""
        places = range(len(self))
        if isinstance(index, slice):
            return [self.signal(place) for place in places[index]]
        return self.signal(places[index])

    def __iter__(self) -> Iterator[FloatArray]:
        """Give the signals one after the other, holding none."""
        return (self.signal(place) for place in range(len(self)))


class InMemory(Signals):
    """Signals that are held as they are."""

    def __init__(self, arrays: Sequence[ArrayLike]) -> None:
        """Hold the arrays as float32."""
        self._arrays = [np.ascontiguousarray(array, dtype=np.float32) for array in arrays]

    def __len__(self) -> int:
        """Count the signals."""
        return len(self._arrays)

    def signal(self, index: int) -> FloatArray:
        """Give the array at `index`."""
        return self._arrays[index]

    def content(self, index: int) -> bytes:
        """Give the array's own bytes."""
        return self._arrays[index].tobytes()


class Packed(Signals):
    """Waveforms end to end in one 16-bit buffer, memory-mapped or not."""

    def __init__(self, samples: NDArray[np.int16], ends: IntArray) -> None:
        """Take the buffer (total,) and where each waveform ends in it (N,)."""
        self._samples, self._ends = samples, ends

    def __len__(self) -> int:
        """Count the waveforms."""
        return len(self._ends)

    def signal(self, index: int) -> FloatArray:
        """Scale the waveform at `index` to [-1, 1)."""
        return (self._stored(index) / INT16_FULL_SCALE).astype(np.float32)

    def content(self, index: int) -> bytes:
        """Give the 16-bit samples."""
        return self._stored(index).tobytes()

    def _stored(self, index: int) -> NDArray[np.int16]:
        start = self._ends[index - 1] if index else 0
        return self._samples[start : self._ends[index]]


class PackedFeatures(Signals):
    """Features (T_i, D) end to end in one buffer.

    Attributes:
        frames: (total, D) float32, memory-mapped and read-only where it comes from the cache.
        ends: (N,) where the frames of each signal end.
    """

    def __init__(self, frames: FloatArray, ends: IntArray) -> None:
        """Take the buffer and the ends."""
        self.frames, self.ends = frames, ends

    def __len__(self) -> int:
        """Count the signals."""
        return len(self.ends)

    def signal(self, index: int) -> FloatArray:
        """Give the features (T, D) of one signal, a view."""
        return self.frames[self.ends[index - 1] if index else 0 : self.ends[index]]

    def content(self, index: int) -> bytes:
        """Give the features' own bytes."""
        return self.signal(index).tobytes()


class Chosen(Signals):
    """Some signals of another sequence, without a copy."""

    def __init__(self, source: Signals, places: IntArray) -> None:
        """Take the source and the places in it, in the new order."""
        self._source, self._places = source, places

    def __len__(self) -> int:
        """Count the chosen signals."""
        return len(self._places)

    def signal(self, index: int) -> FloatArray:
        """Give the signal from the source."""
        return self._source.signal(int(self._places[index]))

    def content(self, index: int) -> bytes:
        """Give its bytes from the source."""
        return self._source.content(int(self._places[index]))

    def digest(self, index: int) -> bytes:
        """Give its hash from the source, which may know it without making the signal."""
        return self._source.digest(int(self._places[index]))

    def stamp(self, index: int) -> str | None:
        """Give its stamp from the source."""
        return self._source.stamp(int(self._places[index]))
