"""What the calibration records of the embedded data sets have in common.

A record says how hard a set is for known models, over several seeds, and what it was measured with. It lies beside the data set's
module, in `seeds/datasets/calibration/<name>.json`. Difficulty is chosen on the validation part: the test part is measured only where
the record says so, after everything was chosen.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from seeds.datasets import Dataset

FOLDER = Path(__file__).parents[2] / "seeds" / "datasets" / "calibration"
PACKAGES = ("numpy", "scipy", "librosa", "scikit-learn", "torch", "espeakng-loader")


def figures(values: Sequence[float]) -> dict[str, Any]:
    """Give every value, and their mean, lowest and highest."""
    rounded = [round(float(value), 4) for value in values]
    return {"values": rounded, "mean": round(float(np.mean(values)), 4), "lowest": min(rounded), "highest": max(rounded)}


def stored(dataset: Dataset) -> dict[str, Any]:
    """Give the record that is there, where it is about this very data and was measured with these packages; else nothing."""
    path = FOLDER / f"{dataset.name}.json"
    if not path.is_file():
        return {}
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    same = record["data"]["fingerprint"] == dataset.fingerprint and record["versions"] == _versions()
    return record if same else {}


def write(dataset: Dataset, task: str, body: dict[str, Any]) -> Path:
    """Write the record of a data set: command, versions, fingerprint, and the body."""
    record = {
        "command": " ".join(["python -m", f"benchmarks.tasks.{task}", *sys.argv[1:]]),
        "data": {"fingerprint": dataset.fingerprint, "examples": len(dataset), **dataset.provenance},
        "versions": _versions(),
        **body,
    }
    path = FOLDER / f"{dataset.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _versions() -> dict[str, str]:
    """What a figure may depend on: Python, the kind of machine, and the packages."""
    versions = {"python": platform.python_version(), "machine": platform.machine()}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = "not installed"
    return versions
