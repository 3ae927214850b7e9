"""Spoken digits for the training checks: rows for `train`, and rows of other speakers whose labels stay here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graders.kit.loading import CodeFolder
from seeds.datasets import digits
from seeds.datasets.base import Dataset, limit

REFERENCE = Path(__file__).parents[2] / "reference" / "speech_hw4"
FRAME_STEP = 4  # every fourth frame: neighbours overlap by 60 % and say much the same, and training costs a quarter
N_FRAMES = 10  # of those; a digit lasts 0.4 s on average


@dataclass(frozen=True, eq=False)
class Split:
    """Rows (N, D) with labels (N,) for training, rows (M, D) of unseen speakers and their labels (M,), which nobody sees."""

    train: NDArray[np.float64]
    train_labels: NDArray[np.int64]
    unseen: NDArray[np.float64]
    unseen_labels: NDArray[np.int64]


@cache
def recordings() -> tuple[Dataset, Dataset]:
    """The embedded digits: (speakers to learn from, unseen speakers)."""
    everything = digits.make()
    return everything.choose(everything.parts != "test"), everything.part("test")




@cache
def mean_features() -> Split:
    """Time means of the 36 features, by the reference, standardised: (800, 36) and (160, 36)."""
    code = CodeFolder.read(REFERENCE)

    def call(name: str, *args: Any) -> Any:
        return code.call("features", name, args, {})

    seen, unseen = recordings()
    rows = [call("time_mean", [call("features", clip, part.sample_rate) for clip in part.signals]) for part in (seen, unseen)]
    train, other = call("standardize", *rows)
    return Split(train, seen.labels, other, unseen.labels)
