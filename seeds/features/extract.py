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

from seeds import cache
from seeds.datasets.base import Dataset
from seeds.datasets.signals import FloatArray, PackedFeatures
from seeds.errors import DataError
from seeds.features.parameters import Engine, Given, Parameters
from seeds.parallel import spread

VERSION = 1
"""Raise it with every change that alters a feature: the cache goes by it."""


class Frames(PackedFeatures):
    """Features of N signals, end to end."""

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
        for features in spread(task, len(dataset), workers=workers, warm=engine == "librosa"):
            writer.extend("frames", features)
            lengths.append(len(features))
            if progress:
                progress(1)
        writer.put("ends", np.cumsum(lengths, dtype=np.int64))

    if not len(dataset):
        raise DataError(f"data set {dataset.name!r} has no signals to compute features of")
    arrays = cache.stream(f"features-{dataset.name}", {**key, "content": content_key(dataset, workers=workers)}, fill)
    return Frames(arrays["frames"], arrays["ends"])


def with_features(dataset: Dataset, parameters: Parameters, **options: Any) -> Dataset:
    """Give the data set with features in place of its signals; options as `compute`.

    `sample_rate` stays the waveforms': frames per second are `sample_rate / hop_length`, seldom a whole number.
    """
    provenance = {**dataset.provenance, "features": str(parameters), "features_of": dataset.fingerprint}
    return replace(dataset, signals=compute(dataset, parameters, **options), provenance=provenance)


def content_key(dataset: Dataset, *, workers: int | None = None) -> str:
    """Hash the signals alone.

    Where all of them are files that know their stamp, what was hashed is remembered: a second run reads none of them. Files are read by
    `workers` processes (None takes one per core); what is at hand already is hashed here.
    """
    signals = dataset.waveforms
    try:
        stamps = [signals.stamp(index) for index in range(len(dataset))]
    except OSError as error:
        raise DataError(
            f"a file of {dataset.name!r} is gone since it was loaded ({error}): unpack or download it again"
        ) from error

    def hashed(workers: int | None) -> cache.Arrays:
        sha = hashlib.sha256()
        for digest in spread(signals.digest, len(dataset), workers=workers):
            sha.update(digest)
        return {"content": np.array([sha.hexdigest()])}

    if any(stamp is None for stamp in stamps):
        return str(hashed(1)["content"][0])
    listed = hashlib.sha256("\n".join(map(str, stamps)).encode()).hexdigest()
    return str(cache.fetch(f"content-{dataset.name}", {"stamps": listed}, partial(hashed, workers))["content"][0])


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
