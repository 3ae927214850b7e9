"""Context windows: each frame with its neighbours, as a view that gathers only what is asked for.

A window never reaches into another utterance: where its own ends, frames are missing and stand as zeros (or as the edge frame,
repeated). Padding all utterances together at the two ends only, as the course's frame classifier did, mixes strangers in about 3 %
of the training frames.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seeds.datasets.signals import FloatArray, IntArray
from seeds.errors import DataError


class Windows:
    """F windows of 2 * reach + 1 frames over F frames of N utterances; nothing is copied until windows are taken.

    `windows[rows]` gathers the windows around those frames: (B, 2 * reach + 1, D), for a slice, places or a mask.
    """

    def __init__(self, frames: FloatArray, ends: IntArray, reach: int, pad: Literal["zero", "edge"] = "zero") -> None:
        """Look at frames.

        Args:
            frames: (F, D), in memory or memory-mapped.
            ends: (N,) where each utterance ends, rising to F.
            reach: frames on each side, 0 and up.
            pad: what stands where the utterance has no frame.

        Raises:
            DataError: the ends do not fit the frames, or the reach is negative.
        """
        self.frames, self.ends, self.reach, self.pad = frames, np.asarray(ends, dtype=np.int64), reach, pad
        total = int(self.ends[-1]) if len(self.ends) else 0
        if total != len(frames) or (np.diff(self.ends, prepend=0) < 0).any():
            raise DataError(f"got {len(frames)} frames and ends up to {total}, wanted ends that rise to the number of frames")
        if reach < 0:
            raise DataError(f"got a reach of {reach} frames, wanted 0 or more")

    def __len__(self) -> int:
        """Count the windows: one per frame."""
        return len(self.frames)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Give the shape that all windows together would have."""
        return len(self), 2 * self.reach + 1, self.frames.shape[1]

    def __getitem__(self, rows: int | slice | NDArray[Any]) -> FloatArray:
        """Gather windows: (2 * reach + 1, D) for one place, else (B, 2 * reach + 1, D)."""
        if isinstance(rows, slice):
            rows = np.arange(*rows.indices(len(self)))
        rows = np.asarray(rows)
        if rows.dtype == bool:
            rows = np.flatnonzero(rows)
        if rows.size and not -len(self) <= rows.min() <= rows.max() < len(self):
            raise IndexError(f"window {rows.min()}..{rows.max()} of {len(self)}")
        rows = rows % max(len(self), 1)
        places, own = self.places(rows)
        gathered = np.asarray(self.frames[places])
        if self.pad == "zero":
            gathered[~own] = 0
        return gathered

    def places(self, rows: IntArray) -> tuple[IntArray, NDArray[np.bool_]]:
        """Tell where each window's frames lie, and which of them are the utterance's own: (..., 2 * reach + 1) both.

        Places beyond the utterance are moved to its edge.
        """
        utterance = np.searchsorted(self.ends, rows, side="right")
        stop = self.ends[utterance][..., None]
        start = np.where(utterance > 0, self.ends[utterance - 1], 0)[..., None]
        wanted = np.asarray(rows)[..., None] + np.arange(-self.reach, self.reach + 1)
        return np.clip(wanted, start, stop - 1), (wanted >= start) & (wanted < stop)
