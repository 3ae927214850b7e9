"""Features of a whole data set: computed once, over processes, streamed to disk, and memory-mapped from then on.

The cache goes by the signals' content, their rate, the parameters and the engine: not by labels or parts, so another split of the
same recordings finds its features. Results do not depend on the number of processes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seeds import cache
from seeds.datasets.base import Dataset, FloatArray, IntArray, Signals
from seeds.errors import DataError
from seeds.features.parameters import Engine, Given, Parameters
from seeds.parallel import spread

VERSION = 1
"""Raise it with every change that alters a feature: the cache goes by it."""


class Frames(Signals):
    """Features of N signals, end to end.

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

    def stacked(self) -> FloatArray:
        """Give all as (N, T, D), a view.

        Raises:
            DataError: the signals differ in length.
        """
        lengths = set(np.diff(self.ends, prepend=0).tolist())
        if len(lengths) != 1:
            raise DataError(
                f"got signals of {min(lengths, default=0)} to {max(lengths, default=0)} frames, wanted one length to stack"
            )
        return self.frames.reshape(len(self), -1, self.frames.shape[1])


def compute(
    dataset: Dataset,
    parameters: Parameters,
    *,
    engine: Engine = "numpy",
    workers: int | None = None,
    progress: Callable[[int], object] | None = None,
) -> Frames:
    """Give the features of every signal, from the cache where it has them.

    Args:
        dataset: N waveforms (or, for `Given`, N features).
        parameters: what to compute.
        engine: "librosa" is the definition, "numpy" equals it to float32's precision and is quicker.
        workers: processes; None takes one per core.
        progress: called with the number of signals just finished.

    Raises:
        DataError: a signal cannot be read or has no such features (the message names it), or the cache cannot be written.
    """
    key = {"version": VERSION, "engine": engine, "parameters": parameters.key(), "rate": dataset.sample_rate}
    task = partial(_features, dataset, parameters, engine)

    def fill(writer: cache.Writer) -> None:
        lengths = []
        for features in spread(task, len(dataset), workers=workers, warm=True):
            writer.extend("frames", features)
            lengths.append(len(features))
            if progress:
                progress(1)
        writer.put("ends", np.cumsum(lengths, dtype=np.int64))

    if not len(dataset):
        raise DataError(f"data set {dataset.name!r} has no signals to compute features of")
    arrays = cache.stream(f"features-{dataset.name}", {**key, "content": content_key(dataset)}, fill)
    return Frames(arrays["frames"], arrays["ends"])


def with_features(dataset: Dataset, parameters: Parameters, **options: Any) -> Dataset:
    """Give the data set with features in place of its signals; options as `compute`.

    `sample_rate` stays the waveforms': frames per second are `sample_rate / hop_length`, seldom a whole number.
    """
    provenance = {**dataset.provenance, "features": str(parameters), "features_of": dataset.fingerprint}
    return replace(dataset, signals=compute(dataset, parameters, **options), provenance=provenance)


def content_key(dataset: Dataset) -> str:
    """Hash the signals alone.

    Where all of them are files that know their stamp, what was hashed is remembered: a second run reads none of them.
    """
    signals, places = dataset.waveforms, range(len(dataset))
    try:
        stamps = [signals.stamp(index) for index in places]
    except OSError as error:
        raise DataError(
            f"a file of {dataset.name!r} is gone since it was loaded ({error}): unpack or download it again"
        ) from error

    def hashed() -> dict[str, NDArray[Any]]:
        sha = hashlib.sha256()
        for index in places:
            sha.update(signals.digest(index))
        return {"content": np.array([sha.hexdigest()])}

    if any(stamp is None for stamp in stamps):
        return str(hashed()["content"][0])
    listed = hashlib.sha256("\n".join(map(str, stamps)).encode()).hexdigest()
    return str(cache.fetch(f"content-{dataset.name}", {"stamps": listed}, hashed)["content"][0])


def _features(dataset: Dataset, parameters: Parameters, engine: Engine, index: int) -> FloatArray:
    """Compute one signal's, as float32; errors name the signal."""
    try:
        signal = dataset.waveforms.signal(index)
        if not isinstance(parameters, Given) and signal.ndim != 1:
            raise DataError(
                f"got a signal of shape {signal.shape}, wanted a waveform (n,): its features are there already, take Given"
            )
        if not signal.size or not np.isfinite(signal).all():
            raise DataError("it is empty or holds values that are not finite: remove or mend the recording")
        return np.ascontiguousarray(parameters.compute(signal, dataset.sample_rate, engine), dtype=np.float32)
    except DataError as error:
        raise DataError(f"no {type(parameters).__name__} for {dataset.ids[index]} of {dataset.name!r}: {error}") from error
