"""Features of recordings, computed once per data set and set of parameters.

    frames = compute(dataset, Mfcc(n_mfcc=13, cut=Framing.of_ms(16_000), normalize="mean_variance"))
    frames[7]                                                    # (T, 13) of one recording, a view of a memory map
    Windows(frames.frames, frames.ends, reach=20)[:1024]         # (1024, 41, 13), never across recordings

librosa defines what they are; NumPy computes the same faster (`engine="librosa"` takes the definition itself).
"""

from __future__ import annotations

from seeds.features.extract import Frames, compute, content_key, with_features
from seeds.features.parameters import Engine, Given, LogMel, Mfcc, Parameters, Trio
from seeds.features.spectra import Framing, standardize
from seeds.features.windows import Windows

__all__ = [
    "Engine",
    "Frames",
    "Framing",
    "Given",
    "LogMel",
    "Mfcc",
    "Parameters",
    "Trio",
    "Windows",
    "compute",
    "content_key",
    "standardize",
    "with_features",
]
